import Foundation
package import RouteGridBase
package import ZeroMQ

/// Where a coordinator leaves keys for processes of the same user on the same machine.
///
/// `$XDG_RUNTIME_DIR/routegrid/PLACE/ROLE.key`, else `routegrid-keys-UID/PLACE/ROLE.key` in the temporary folder; PLACE
/// is the port (and the address, where it is not 127.0.0.1), or for `ipc://` a digest of the path. Every folder has
/// mode 0700 and belongs to this user, none is a link: whoever can read there could read the state folder too.
package struct LocalKeys: Sendable {
    /// The folder of one coordinator.
    package let path: String

    private static let what = "folder of local keys"

    /// The name of the folder for an address; nil for one that other machines can reach or that is inside a process.
    static func place(of address: ZMQAddress) -> String? {
        guard address.isLocal else { return nil }
        switch address.transport {
        case .tcp(let host, let port):
            // Several coordinators may have one port, each on an address of its own.
            let isUsual = ["localhost", "127.0.0.1"].contains(host)
            let suffix = isUsual ? "" : "-" + host.filter { $0.isHexDigit || $0 == "." || $0 == ":" }
            return UInt16(port).map { "\($0)\(suffix)" }
        case .ipc(let path):
            let isWhole = path.hasPrefix("/") || path.hasPrefix("@")
            let whole = isWhole ? path : FileManager.default.currentDirectoryPath + "/" + path
            return "ipc-\(Digest(hashing: whole.utf8).hex.prefix(16))"
        case .inproc: return nil
        }
    }

    /// The folders that may hold them, the preferred one first.
    private static func bases(_ environment: [String: String]) -> [String] {
        var bases: [String] = []
        var found = stat()
        // Of this user: root's would be closed to the user whose folder it is.
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"), stat(runtime, &found) == 0,
            found.st_uid == geteuid(), access(runtime, W_OK | X_OK) == 0
        {
            bases.append("\(runtime)/routegrid")
        }
        let temporary = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        return bases + ["\(temporary)/routegrid-keys-\(geteuid())"]
    }

    /// Writes the files, in place of those of an earlier coordinator there.
    ///
    /// - Parameters:
    ///   - files: the key for each role, as ``KeyRing/localKey(_:address:state:at:)`` gives it.
    ///   - address: what the coordinator listens at, with its port.
    ///   - environment: of the process.
    /// - Throws: `usage` for an address without such a place, `refused` when a folder there is another user's, a link,
    ///   or open to others; `temporary` on a full disk, `system`.
    package init(
        leaving files: [Role: KeyFile],
        for address: ZMQAddress,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RouteGridError) {
        guard let place = Self.place(of: address), let base = Self.bases(environment).first else {
            throw RouteGridError(.usage, "\(address): only a local address with a port or a path has local keys")
        }
        _ = try KeyFolder.make(base, what: Self.what)
        Self.removeAbandoned(in: base)
        path = "\(base)/\(place)"
        let folder = try KeyFolder.make(path, what: Self.what)
        for name in try folder.names() where name.hasSuffix(".key") { folder.remove(name) }
        for (role, file) in files.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try file.write(to: "\(role).key", in: folder, replacing: true)
        }
    }

    /// Removes what killed coordinators left for sockets that are gone; ports are used again, and their files replaced.
    private static func removeAbandoned(in base: String) {
        for name in (try? KeyFolder(existing: base, what: what)?.names()) ?? [] where name.hasPrefix("ipc-") {
            guard let folder = try? KeyFolder(existing: "\(base)/\(name)", what: what),
                let file = try? KeyFile(name: "\(Role.worker).key", in: folder),
                case .peer(_, _, _, let text?) = file.holder, let address = try? ZMQAddress(text),
                case .ipc(let socket) = address.transport, socket.hasPrefix("/"), access(socket, F_OK) != 0,
                errno == ENOENT
            else { continue }
            for role in Role.allCases { folder.remove("\(role).key") }
            rmdir("\(base)/\(name)")
        }
    }

    /// The key of a role that a coordinator of this user at this address left; nil when there is none.
    ///
    /// - Throws: `refused` when something there is another user's, a link, or open to others; `badInput` when a file
    ///   cannot be read.
    package static func find(
        _ role: Role,
        for address: ZMQAddress,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RouteGridError) -> KeyFile? {
        guard let place = place(of: address) else { return nil }
        for base in bases(environment) {
            guard try KeyFolder(existing: base, what: what) != nil,
                let folder = try KeyFolder(existing: "\(base)/\(place)", what: what)
            else { continue }
            if let file = try KeyFile(name: "\(role).key", in: folder) { return file }
        }
        return nil
    }

    /// Removes the files and the folder, when the coordinator ends.
    ///
    /// - Parameter secrets: only files with these keys are removed: another coordinator may be there by now.
    package func remove(_ secrets: some Sequence<KeyFile>) {
        guard let folder = try? KeyFolder(existing: path, what: Self.what) else { return }
        let own = Set(secrets.map(\.secret))
        for role in Role.allCases {
            guard let file = try? KeyFile(name: "\(role).key", in: folder), own.contains(file.secret) else { continue }
            folder.remove("\(role).key")
        }
        rmdir(path)
    }
}
