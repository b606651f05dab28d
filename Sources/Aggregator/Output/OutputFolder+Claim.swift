import Foundation
package import RouteGridBase

/// Which folders boards may be published into: those that hold nothing of somebody else's under the names of a board.
extension OutputFolder {
    /// Stands in a folder from before its first file is written, so that a board that was cut off is known as ours.
    private static let mark = ".routegrid"

    /// Makes sure that no file is overwritten that was not written by this program.
    ///
    /// A folder is ours when it has our mark or our manifest; any other may hold nothing that a board would replace.
    /// - Throws: `usage` with the file that stands in the way; `system` when the folder cannot be written.
    package func claim() throws(RouteGridError) {
        guard !isThere(OutputFolder.mark) else { return }
        if !hasManifest, let name = OutputName.published.first(where: isThere) {
            throw RouteGridError(
                .usage,
                "\(place(name)) was not written by routegrid and would be overwritten; choose another --out or move it away"
            )
        }
        try write(Array("boards of routegrid: files here are replaced\n".utf8), to: OutputFolder.mark)
    }

    /// Held while the files of a board are replaced.
    private static let replacing = NSLock()

    /// Replaces the files of a board; they are made before, so that this takes little time.
    static func inOneGo(_ body: () throws(RouteGridError) -> Void) throws(RouteGridError) {
        replacing.lock()
        defer { replacing.unlock() }
        try body()
    }

    /// For a process that is about to end, from any thread: waits until the files of a board that are being replaced
    /// all are, and lets no others be.
    package static func stopReplacing() { replacing.lock() }

    /// Removes what this process has not finished writing.
    package static func removeUnfinished(in path: String) {
        unlink("\(path)/\(partialPrefix)\(getpid())")
        try? FileManager.default.removeItem(atPath: "\(path)/\(incomingPrefix)\(getpid())")
    }

    private func isThere(_ name: String) -> Bool {
        var info = stat()
        return lstat(place(name), &info) == 0
    }

    /// Whether there is a manifest that names the files of a board.
    private var hasManifest: Bool {
        guard let bytes = FileManager.default.contents(atPath: place(OutputName.manifest)) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return [OutputName.records, OutputName.leaderboard].allSatisfy { text.contains("  \($0)\n") }
    }
}
