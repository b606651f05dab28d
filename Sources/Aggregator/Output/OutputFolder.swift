import Foundation
package import RouteGridBase

/// A folder that boards are published into.
///
/// Each file appears whole or not at all (written under a hidden name, then renamed); the manifest is written last. One
/// thread of a process writes to a folder at a time.
package struct OutputFolder: Sendable {
    static let partialPrefix = ".partial-"
    static let incomingPrefix = ".incoming-"

    package let path: String

    /// Makes the folder when it is not there.
    ///
    /// - Throws: `system` when it cannot be made or written.
    package init(path: String) throws(RouteGridError) {
        self.path = path
        try OutputFolder.make(path)
        guard access(path, W_OK | X_OK) == 0 else {
            throw RouteGridError(.writing(errno), "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        removeLeftovers()
    }

    /// Removes what processes that were killed while they wrote have left.
    private func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            guard
                let prefix = [OutputFolder.partialPrefix, OutputFolder.incomingPrefix].first(where: name.hasPrefix),
                let writer = Int32(name.dropFirst(prefix.count)), kill(writer, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: place(name))
        }
    }

    /// Where a file of the folder is.
    package func place(_ name: String) -> String { path + "/" + name }

    /// Writes a file in one step.
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws(RouteGridError) {
        let contents = Array(bytes)
        try write(to: name) { append throws(RouteGridError) in try append(contents[...]) }
    }

    /// Removes a file of an earlier board that this one does not have.
    package func remove(_ name: String) throws(RouteGridError) {
        guard unlink(place(name)) == 0 || errno == ENOENT else {
            throw RouteGridError(.system, "\(place(name)): cannot be removed: \(String(cString: strerror(errno)))")
        }
    }

    /// Writes a file in pieces that appear in one step.
    ///
    /// - Parameters:
    ///   - name: The file's name below the folder.
    ///   - body: Calls its argument once a piece.
    /// - Throws: `system` when the folder cannot be written, and what `body` throws.
    package func write(
        to name: String,
        _ body: (_ append: (ArraySlice<UInt8>) throws(RouteGridError) -> Void) throws(RouteGridError) -> Void
    ) throws(RouteGridError) {
        let target = place(name)
        if name.contains("/") { try OutputFolder.make(URL(fileURLWithPath: target).deletingLastPathComponent().path) }
        let partial = place(OutputFolder.partialPrefix + String(getpid()))
        defer { unlink(partial) }
        try fill(partial, for: target, body)
        guard rename(partial, target) == 0 else { throw failure(target) }
    }

    /// Writes a file that is not at its place yet.
    func fill(
        _ path: String,
        for target: String,
        _ body: (_ append: (ArraySlice<UInt8>) throws(RouteGridError) -> Void) throws(RouteGridError) -> Void
    ) throws(RouteGridError) {
        guard let file = fopen(path, "we") else { throw failure(target) }
        var isOpen = true
        defer { if isOpen { fclose(file) } }
        try body { piece throws(RouteGridError) in
            let written = piece.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
            guard written == piece.count else { throw failure(target) }
        }
        isOpen = false
        guard fclose(file) == 0 else { throw failure(target) }
    }

    /// Stores a blob under its digest, once.
    ///
    /// - Throws: `checkFailed` when the bytes do not have the digest.
    package func store(blob bytes: [UInt8], digest: Digest) throws(RouteGridError) {
        guard !hasBlob(digest) else { return }
        guard Digest(hashing: bytes) == digest else {
            throw RouteGridError(.checkFailed, "blob \(digest): its bytes hash to \(Digest(hashing: bytes))")
        }
        try write(bytes, to: OutputName.blob(digest))
    }

    package func hasBlob(_ digest: Digest) -> Bool {
        FileManager.default.fileExists(atPath: place(OutputName.blob(digest)))
    }

    static func make(_ path: String) throws(RouteGridError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
            throw RouteGridError(.usage, "\(path): not a folder; choose another place for the output")
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw RouteGridError(.system, "\(path): cannot make this folder: \(error.localizedDescription)")
        }
    }

    private func failure(_ path: String) -> RouteGridError {
        RouteGridError(.writing(errno), "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
}
