import Foundation
import RouteGridBase

/// A folder of mode 0700 for `ipc://` sockets, removed when it is no longer needed.
struct SocketFolder: Sendable {
    /// The longest Unix socket path: `sun_path` without its final zero byte.
    static let pathLimit = 107
    /// The longest path added below ``base``: `/routegrid-XXXXXX/coordinator`.
    static let longestSuffix = 32

    private static let lockName = "lock"

    let path: String
    /// A lock held while the folder is used, by which other processes detect that this one is gone.
    private let lock: Int32

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
        // The lock file is locked before it has its final name, so that the folder never looks abandoned.
        let place = "\(path)/\(SocketFolder.lockName)"
        lock = open(place + ".new", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 { rename(place + ".new", place) }
        SocketFolder.removeAbandoned(in: base)
    }

    /// Removes the folders of processes of this user that were killed.
    private static func removeAbandoned(in base: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] {
            guard name.hasPrefix("routegrid-"), name.utf8.count == "routegrid-XXXXXX".utf8.count else { continue }
            let folder = "\(base)/\(name)"
            var info = stat()
            guard lstat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFDIR, info.st_uid == getuid() else { continue }
            let lock = open("\(folder)/\(lockName)", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard lock >= 0 else { continue }
            if flock(lock, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: folder) }
            close(lock)
        }
    }

    /// The address of a socket in the folder.
    func address(_ name: String) -> String { "ipc://\(path)/\(name)" }

    /// Removes the folder and the sockets in it.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        if lock >= 0 { close(lock) }
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
