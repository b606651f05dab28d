import Foundation
import RouteGridBase

/// A folder of mode 0700 for `ipc://` sockets, removed when it is no longer needed.
struct SocketFolder: Sendable {
    /// What a Unix socket path may hold: `sun_path` without its final zero byte.
    static let pathLimit = 107
    /// What is added below ``base`` at most: `/routegrid-XXXXXX/coordinator`.
    static let longestSuffix = 32

    let path: String

    /// `$XDG_RUNTIME_DIR` when it is set and writable, else the temporary folder.
    static var base: String {
        let environment = ProcessInfo.processInfo.environment
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"), access(runtime, W_OK | X_OK) == 0 {
            return trimmed(runtime)
        }
        return trimmed(environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp")
    }

    /// Makes a new folder.
    ///
    /// - Throws: `RouteGridError.system` when it cannot be made or its sockets' paths would be too long.
    init() throws(RouteGridError) {
        let base = SocketFolder.base
        guard base.utf8.count + SocketFolder.longestSuffix <= SocketFolder.pathLimit else {
            throw RouteGridError(.system, "\(base): too long for a Unix socket; set TMPDIR to a shorter folder")
        }
        var template = Array((base + "/routegrid-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw RouteGridError(
                .system,
                "\(base): cannot make a folder for sockets: \(String(cString: strerror(errno)))"
            )
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The address of a socket in the folder.
    func address(_ name: String) -> String { "ipc://\(path)/\(name)" }

    /// Removes the folder and the sockets in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
