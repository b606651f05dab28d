import Foundation
package import RouteGridBase
package import ZeroMQ

/// Which key a process connects with.
package enum Credentials {
    /// The key in a file, else the one that a coordinator of this user left for processes of this machine.
    ///
    /// - Parameters:
    ///   - path: the value of `--key`.
    ///   - role: what is needed; a file's role is the server's concern.
    ///   - address: of the coordinator.
    ///   - environment: of the process.
    /// - Returns: the key; nil when the address is on this machine and no coordinator left one: its coordinator is not
    ///   there, is another user's, or listens in plain text.
    /// - Throws: `refused` (77) for another machine without a key file, and for files that others can reach; `usage`
    ///   when the file is not there, `badInput` when it cannot be read.
    package static func find(
        keyFile path: String?,
        role: Role,
        for address: ZMQAddress,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(RouteGridError) -> KeyFile? {
        if let path {
            let file = try KeyFile(path: path)
            guard case .peer = file.holder else {
                throw RouteGridError(.refused, "\(path): is a coordinator's own key; nobody connects with it")
            }
            return file
        }
        if address.isLocal { return try LocalKeys.find(role, for: address, environment: environment) }
        throw RouteGridError(
            .refused,
            "\(address): a coordinator on another machine asks for a key: --key FILE names one; "
                + "`routegrid keys invite --role \(role)` there and `routegrid keys accept` here make one"
        )
    }
}
