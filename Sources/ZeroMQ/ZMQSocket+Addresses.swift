import CPlatform
import CZeroMQ
import Glibc
package import RouteGridBase

extension ZMQSocket {
    /// Listens at an address.
    ///
    /// - Parameter url: `tcp://127.0.0.1:*` takes a free port. A stale socket of one's own at an `ipc://` path is
    ///   replaced, anything else there is not.
    /// - Returns: the address it listens at, with the port that was given.
    /// - Throws: `usage` for a bad address; `temporary` when it is in use, `system` when it is not on this machine.
    @discardableResult
    package func bind(_ url: String) throws(RouteGridError) -> String {
        security.checkUse("bind", isBinding: true)
        let address = try ZMQAddress(url)
        if case .ipc(let path) = address.transport { try checkPlace(path, of: address) }
        if address.isVersion6 { try set(ZMQ_IPV6, Int32(1)) }
        guard zmq_bind(handle, address.bindable) == 0 else { throw bindFailure(address, ZMQFailure.number) }
        return try text(ZMQ_LAST_ENDPOINT)
    }

    /// Connects, now or whenever the other side is there; it never reports that it is not.
    ///
    /// - Parameters:
    ///   - url: the address.
    ///   - prefersVersion6: where a host name has addresses of both versions of IP, libzmq tries one of one version
    ///     only: of version 4, or with this of version 6. A host that has one of version 6 alone needs it.
    /// - Throws: `usage` for a bad address.
    package func connect(_ url: String, prefersVersion6: Bool = false) throws(RouteGridError) {
        security.checkUse("connect", isBinding: false)
        let address = try ZMQAddress(url)
        if address.isVersion6 || prefersVersion6 && address.isName { try set(ZMQ_IPV6, Int32(1)) }
        guard zmq_connect(handle, address.text) == 0 else {
            throw RouteGridError(.usage, "address \"\(url)\": \(ZMQFailure.text(ZMQFailure.number))")
        }
    }

    /// Binding deletes what is at the path: that may only be a socket of this user that no process listens on any more.
    private func checkPlace(_ path: String, of address: ZMQAddress) throws(RouteGridError) {
        // A name without a file, or a path that libzmq chooses.
        if path.hasPrefix("@") || path == "*" { return }
        func refuse(_ why: String) -> RouteGridError {
            RouteGridError(.usage, "\(address): \(why); choose another path")
        }
        var folder = stat()
        let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        if stat(parent, &folder) == 0, folder.st_mode & 0o002 != 0, folder.st_mode & mode_t(S_ISVTX) == 0 {
            throw refuse("every user can replace files in \(parent), so others could take the socket's place")
        }
        var found = stat()
        guard lstat(path, &found) == 0 else { return }
        let kind: String? =
            switch found.st_mode & S_IFMT {
            case S_IFSOCK: nil
            case S_IFREG: "a file"
            case S_IFDIR: "a folder"
            case S_IFLNK: "a symbolic link"
            default: "no socket"
            }
        if let kind { throw refuse("\(path) is \(kind), which listening there would delete") }
        guard found.st_uid == geteuid() else { throw refuse("\(path) is a socket of another user") }
        if cplatform_unix_socket_answers(path) == 1 { throw inUse(address) }
    }

    private func inUse(_ address: ZMQAddress) -> RouteGridError {
        RouteGridError(
            .temporary,
            "\(address) is in use: another process listens there; end it or choose another address"
        )
    }

    private func bindFailure(_ address: ZMQAddress, _ number: Int32) -> RouteGridError {
        switch number {
        case EADDRINUSE: inUse(address)
        case EAFNOSUPPORT where address.isVersion6, EADDRNOTAVAIL where address.isVersion6,
            ENODEV where address.isVersion6:
            RouteGridError(
                .system,
                "\(address): this machine has no such IPv6 address, or IPv6 is off; tcp://127.0.0.1:PORT always works"
            )
        case EADDRNOTAVAIL, ENODEV:
            RouteGridError(
                .system,
                "\(address): this machine has no such network address; tcp://127.0.0.1:PORT always works"
            )
        case EACCES, EPERM: RouteGridError(.system, "\(address): permission denied")
        case ENOENT: RouteGridError(.system, "\(address): the folder of the socket does not exist")
        case EINVAL, EPROTONOSUPPORT: RouteGridError(.usage, "address \"\(address)\": not understood")
        default: ZMQFailure.system("listening at \(address)", number)
        }
    }
}
