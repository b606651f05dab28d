import Foundation
package import RouteGridBase

/// The folder of one allocator: its state for `alloc status`, its lock, and what its jobs print.
///
/// Nothing in it is needed to go on: jobs are found again by their name. It belongs on a file system that the nodes
/// share, for the jobs' messages.
package final class AllocatorFolder: Sendable {
    package let path: String
    private let lock: Int32

    package var logs: String { path + "/logs" }

    /// Makes the folder where it is missing, and locks it for this process.
    ///
    /// - Throws: `usage` for a folder that others can change, `temporary` when another allocator uses it, `system` when
    ///   it cannot be written.
    package init(path: String) throws(RouteGridError) {
        self.path = path
        try PrivateFolder.make(path, what: "allocator's folder", option: "--state-file")
        try PrivateFolder.make(path + "/logs", what: "folder of jobs' messages", option: "--state-file")
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            let number = errno
            throw RouteGridError(.writing(number), "\(path)/lock: \(String(cString: strerror(number)))")
        }
        // `deinit` closes the descriptor, also when this throws, and must be the only one to do so.
        var attempts = 5
        // Whoever asks whether the folder is in use holds the lock for a moment.
        while flock(lock, LOCK_EX | LOCK_NB) != 0, attempts > 0 {
            attempts -= 1
            usleep(20_000)
        }
        guard attempts > 0 else {
            throw RouteGridError(
                .temporary,
                "\(path): another allocator keeps these jobs; a second one for the same coordinator needs another --id"
            )
        }
    }

    deinit { if lock >= 0 { close(lock) } }

    /// Whether an allocator uses a folder now.
    package static func isInUse(_ path: String) -> Bool {
        let file = open(path + "/lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    // MARK: State

    /// Replaces a state file in one step.
    ///
    /// - Throws: `temporary` on a full disk, else `system`.
    package static func write(_ state: JSONValue, to file: String) throws(RouteGridError) {
        let temporary = "\(file).\(getpid()).part"
        let bytes = Array((state.jsonText + "\n").utf8)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        func failure() -> RouteGridError {
            let number = errno
            unlink(temporary)
            return RouteGridError(.writing(number), "\(file): \(String(cString: strerror(number)))")
        }
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count, rename(temporary, file) == 0 else {
            throw failure()
        }
    }

    /// Reads a state file.
    ///
    /// - Throws: `badInput` when there is none or it is no allocator's.
    package static func read(_ file: String) throws(RouteGridError) -> JSONValue {
        guard let data = FileManager.default.contents(atPath: file), data.count <= 16 << 20 else {
            throw RouteGridError.badInput(file, "no state of an allocator here; `routegrid alloc slurm` writes one")
        }
        let state = try JSONValue(parsing: data, place: file)
        guard state["schema"]?.stringValue == AllocatorReport.schema else {
            throw RouteGridError.badInput(file, "not the state of an allocator of this version")
        }
        return state
    }

    /// Where states are by default: one folder an allocator.
    package static func usual(_ environment: [String: String]) -> String? {
        if let base = environment["XDG_STATE_HOME"], base.hasPrefix("/") { return base + "/routegrid/alloc" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.local/state/routegrid/alloc"
    }

    /// The last line that is not empty of a file, of its last kilobytes; nil when there is none.
    package static func lastLine(of file: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: file) else { return nil }
        defer { try? handle.close() }
        guard let end = try? handle.seekToEnd() else { return nil }
        try? handle.seek(toOffset: end > 8_192 ? end - 8_192 : 0)
        let data = (try? handle.read(upToCount: 8_192)) ?? Data()
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        let last = lines.last { !$0.allSatisfy(\.isWhitespace) }
        return last.map { SafeText.shortened(SafeText.line(String($0)), to: 300) }
    }
}
