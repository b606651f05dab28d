import CPlatform
import CZeroMQ
import Glibc
package import RouteGridBase

extension ZMQSocket {
    /// Listens at an address.
    ///
    /// - Parameter url: `tcp://127.0.0.1:*` takes a free port. A stale `ipc://` file is replaced, a living one is not.
    /// - Returns: the address it listens at, with the port that was given.
    /// - Throws: `usage` for a bad address; `temporary` when it is in use, `system` when it is not on this machine.
    @discardableResult
    package func bind(_ url: String) throws(RouteGridError) -> String {
        let address = try ZMQAddress(url)
        if case .ipc(let path) = address.transport, cplatform_unix_socket_answers(path) == 1 {
            throw inUse(address)
        }
        guard zmq_bind(handle, address.bindable) == 0 else { throw bindFailure(address, ZMQFailure.number) }
        return try text(ZMQ_LAST_ENDPOINT)
    }

    /// Connects, now or whenever the other side is there; it never says that nobody is.
    ///
    /// - Throws: `usage` for a bad address.
    package func connect(_ url: String) throws(RouteGridError) {
        let address = try ZMQAddress(url)
        guard zmq_connect(handle, address.text) == 0 else {
            throw RouteGridError(.usage, "address \"\(url)\": \(ZMQFailure.text(ZMQFailure.number))")
        }
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
