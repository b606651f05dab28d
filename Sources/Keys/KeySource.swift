package import RouteGridBase
package import ZeroMQ

/// How a process proves who it is to a coordinator, asked anew for each connection.
package enum KeySource: Sendable {
    /// No proof and no encryption: tests, and what `--insecure-plaintext` allows.
    case plaintext
    /// The key of a file.
    case file(KeyFile)
    /// The key that a coordinator of this user leaves for processes of this machine; it may come later than its reader.
    case local(Role)

    /// - Parameters:
    ///   - path: what `--key` says.
    ///   - isPlaintext: what `--insecure-plaintext` says.
    ///   - role: what is needed where a coordinator left keys; a file's role is the server's concern.
    ///   - address: of the coordinator.
    /// - Throws: As ``Credentials/find(keyFile:role:for:environment:)``.
    package init(
        keyFile path: String?,
        isPlaintext: Bool = false,
        role: Role,
        for address: ZMQAddress
    ) throws(RouteGridError) {
        if isPlaintext {
            self = .plaintext
        } else if path == nil && address.isLocal {
            self = .local(role)
        } else if let file = try Credentials.find(keyFile: path, role: role, for: address) {
            self = .file(file)
        } else {
            self = .local(role)
        }
    }

    /// What a socket connects with; nil while no coordinator of this user has left a key.
    package func security(for address: ZMQAddress) throws(RouteGridError) -> SocketSecurity? {
        switch self {
        case .plaintext: .plaintext
        case .file(let file): try file.security()
        case .local(let role): try Credentials.find(keyFile: nil, role: role, for: address)?.security()
        }
    }

    /// Whether another attempt uses the same key: a refusal is then final.
    package var isFixed: Bool { if case .file = self { true } else { false } }
}
