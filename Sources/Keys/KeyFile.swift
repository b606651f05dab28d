import Foundation
package import RouteGridBase
package import ZeroMQ

/// A secret key in a file, with all that its holder needs to connect.
///
/// The file has mode 0600; one that others could have read, or could have put there, is refused.
package struct KeyFile: Hashable, Sendable {
    package enum Holder: Hashable, Sendable {
        case coordinator
        /// Somebody who connects to the coordinator with the public key `server`, at `address` if that is known.
        case peer(name: KeyName, role: Role, server: PublicKey, address: String?)
    }

    package let secret: SecretKey
    package let holder: Holder

    static let format = "routegrid/secret-key/1"
    static let coordinatorRole = "coordinator"

    package init(secret: SecretKey, holder: Holder) { (self.secret, self.holder) = (secret, holder) }

    /// Reads a file.
    ///
    /// - Throws: `refused` when others could read or change it, when it is a link or another user's; `badInput` naming
    ///   file, line and field when it is not understood; `usage` when there is none.
    package init(path: String) throws(RouteGridError) {
        let folder = try KeyFolder(of: path)
        guard let file = try KeyFile(name: (path as NSString).lastPathComponent, in: folder) else {
            throw RouteGridError(
                .usage,
                "\(path): there is no such file; `routegrid keys accept` makes one of an invite"
            )
        }
        self = file
    }

    /// Nil when there is no such file.
    init?(name: String, in folder: KeyFolder) throws(RouteGridError) {
        guard let text = try FieldText(name, in: folder, isSecret: true) else { return nil }
        try text.format(Self.format)
        let secret = try text.required("secret-key", "a key of 40 characters") { SecretKey(z85: $0) }
        let role = try text.required("role", "\(Self.coordinatorRole), \(Role.list)") { value -> Role?? in
            let name = FieldText.text(value)
            if name == Self.coordinatorRole { return .some(nil) }
            return Role(rawValue: name).map { .some($0) }
        }
        if let role {
            holder = .peer(
                name: try text.keyName(),
                role: role,
                server: try text.publicKey("server-key"),
                address: try text.optional("connect", "tcp://HOST:PORT or ipc://PATH") { value in
                    let address = FieldText.text(value)
                    return (try? ZMQAddress(address)) == nil ? nil : address
                }
            )
        } else {
            holder = .coordinator
        }
        self.secret = secret
        try text.finish()
    }

    /// Writes a new file of mode 0600, on disk when this returns.
    ///
    /// - Throws: `usage` when there is a file already, `temporary` on a full disk, `system` when it cannot be written.
    package func write(to path: String) throws(RouteGridError) {
        let folder = try KeyFolder(of: path)
        try write(to: (path as NSString).lastPathComponent, in: folder, replacing: false)
    }

    func write(to name: String, in folder: KeyFolder, replacing: Bool) throws(RouteGridError) {
        var lines =
            "# A secret: whoever reads this file can act in its holder's place. Do not copy it; make another key.\n"
        lines += "format: \(Self.format)\n"
        switch holder {
        case .coordinator: lines += "role: \(Self.coordinatorRole)\n"
        case .peer(let name, let role, let server, let address):
            lines += "name: \(name)\nrole: \(role)\nserver-key: \(server.z85)\n"
            if let address { lines += "connect: \(address)\n" }
        }
        lines += "# fingerprint: \(secret.publicKey.fingerprint)\n"
        var bytes = Array((lines + "secret-key: ").utf8)
        // Room for all, so that no copy is left behind by growing.
        bytes.reserveCapacity(bytes.count + Z85.keyLength + 1)
        secret.withZ85 { bytes.append(contentsOf: $0) }
        bytes.append(0x0A)
        defer { explicit_bzero(&bytes, bytes.count) }
        try folder.write(bytes, to: name, replacing: replacing)
    }

    /// How a socket connects with it.
    ///
    /// - Throws: `refused` for the key of a coordinator, which connects to nobody.
    package func security() throws(RouteGridError) -> SocketSecurity {
        guard case .peer(_, _, let server, _) = holder else {
            throw RouteGridError(.refused, "the key of a coordinator cannot be used to connect to one")
        }
        return .client(secret, server: server)
    }
}
