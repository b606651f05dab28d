import Foundation
package import RouteGridBase
package import ZeroMQ

/// How a process proves who it is to a coordinator, asked anew for each connection.
package enum KeySource: Sendable {
    /// No proof and no encryption: tests, and what `--insecure-plaintext` allows.
    case plaintext
    /// The key of a file, which is read again: a rotated key is put into the same place.
    case file(path: String, KeyFile)
    /// A key that this process alone has.
    case held(KeyFile)
    /// The key that a coordinator of this user leaves for processes of this machine; it may come later than its reader.
    case local(Role)

    /// A key file goes before local keys.
    ///
    /// - Parameters:
    ///   - path: the value of `--key`.
    ///   - isPlaintext: whether `--insecure-plaintext` is given.
    ///   - role: what is needed where a coordinator left keys; a file's role is the server's concern.
    ///   - address: of the coordinator.
    /// - Throws: `refused` (77) for another machine without a key file, and for files that others can reach; `usage`
    ///   when the file is not there, `badInput` when it cannot be read.
    package init(
        keyFile path: String?,
        isPlaintext: Bool = false,
        role: Role,
        for address: ZMQAddress
    ) throws(RouteGridError) {
        if isPlaintext {
            self = .plaintext
        } else if let path {
            let file = try KeyFile(path: path)
            guard case .peer = file.holder else {
                throw RouteGridError(.refused, "\(path): is a coordinator's own key; nobody connects with it")
            }
            self = .file(path: path, file)
        } else if address.isLocal {
            self = .local(role)
        } else {
            throw RouteGridError(
                .refused,
                "\(address): a coordinator on another machine asks for a key: --key FILE names one; "
                    + "`routegrid keys invite --role \(role)` there and `routegrid keys accept` here make one"
            )
        }
    }

    /// The key as it is now.
    ///
    /// - Parameters:
    ///   - address: of the coordinator.
    ///   - environment: of the process.
    /// - Returns: nil in plain text, and when no coordinator of this user left a key for processes of this machine: it
    ///   is not there, is another user's, or listens in plain text.
    /// - Throws: `refused` for local keys that others can reach.
    package func key(
        for address: ZMQAddress,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RouteGridError) -> KeyFile? {
        switch self {
        case .plaintext: nil
        case .held(let file): file
        case .file(let path, let file): (try? KeyFile(path: path)) ?? file
        case .local(let role): try LocalKeys.find(role, for: address, environment: environment)
        }
    }

    /// What a socket connects with; nil while no coordinator of this user has left a key.
    package func security(for address: ZMQAddress) throws(RouteGridError) -> SocketSecurity? {
        if case .plaintext = self { return .plaintext }
        return try key(for: address)?.security()
    }

    /// Whether a refusal of what a socket connected with is final: another attempt would use the same key.
    package func isFinal(_ used: SocketSecurity) -> Bool {
        if case .held = self { return true }
        guard case .file(let path, let file) = self else { return false }
        return (try? ((try? KeyFile(path: path)) ?? file).security()) == used
    }

    /// Whether the key is given, and not looked for.
    package var isFixed: Bool {
        switch self {
        case .file, .held: true
        case .plaintext, .local: false
        }
    }

    /// The key of an invite that may be used several times, if it is one.
    package var invite: KeyFile? {
        guard case .file(_, let file) = self, case .peer(_, .joiner, _, _) = file.holder else { return nil }
        return file
    }
}
