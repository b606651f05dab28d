package import RouteGridBase
package import ZeroMQ

/// How a process proves who it is to a coordinator, asked anew for each connection.
package enum KeySource: Sendable {
    /// No proof and no encryption: tests, and what `--insecure-plaintext` allows.
    case plaintext
    /// The key of a file, which is read again: a rotated key is put into the same place.
    case file(path: String, KeyFile)
    /// The key that a coordinator of this user leaves for processes of this machine; it may come later than its reader.
    case local(Role)

    /// - Parameters:
    ///   - path: the value of `--key`.
    ///   - isPlaintext: whether `--insecure-plaintext` is given.
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
        } else if let path, let file = try Credentials.find(keyFile: path, role: role, for: address) {
            self = .file(path: path, file)
        } else {
            // Another machine without a key: the error says how to get one.
            _ = try Credentials.find(keyFile: nil, role: role, for: address)
            self = .local(role)
        }
    }

    /// What a socket connects with; nil while no coordinator of this user has left a key.
    package func security(for address: ZMQAddress) throws(RouteGridError) -> SocketSecurity? {
        switch self {
        case .plaintext: .plaintext
        case .file(let path, let file): try ((try? KeyFile(path: path)) ?? file).security()
        case .local(let role): try Credentials.find(keyFile: nil, role: role, for: address)?.security()
        }
    }

    /// Whether a refusal of what a socket connected with is final: another attempt would use the same key.
    package func isFinal(_ used: SocketSecurity) -> Bool {
        guard case .file(let path, let file) = self else { return false }
        return (try? ((try? KeyFile(path: path)) ?? file).security()) == used
    }

    /// Whether the key is given, and not looked for.
    package var isFixed: Bool { if case .file = self { true } else { false } }
}
