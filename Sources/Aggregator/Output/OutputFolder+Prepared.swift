import Foundation
import RouteGridBase

/// Takes the next piece of a file.
typealias FileAppender = (ArraySlice<UInt8>) throws(RouteGridError) -> Void

/// Writes a file by calling its argument once a piece.
typealias FileBody = @Sendable (FileAppender) throws(RouteGridError) -> Void

/// A file that is written and not yet in its place.
struct PreparedFile: Sendable {
    let name: String
    let digest: Digest
    fileprivate let path: String
}

extension OutputFolder {
    private static var hidden: String { incomingPrefix + String(getpid()) }

    /// Writes large files in pieces beside their places, all at a time, so that putting them there takes no time.
    ///
    /// - Parameter files: Their names, without folders, and what calls its argument once a piece.
    /// - Returns: The files, in the same order.
    /// - Throws: `system` when the folder cannot be written, and what the bodies throw.
    func prepare(_ files: [(name: String, body: FileBody)]) throws(RouteGridError) -> [PreparedFile] {
        let hidden = place(Self.hidden)
        try Self.make(hidden)
        let prepared = concurrentMap(files.count) { number in
            Result { () throws(RouteGridError) in
                try prepare(files[number].name, at: "\(hidden)/\(files[number].name).new", files[number].body)
            }
        }
        var found: [PreparedFile] = []
        do throws(RouteGridError) {
            for result in prepared { found.append(try result.get()) }
        } catch {
            // A full disk is no fuller for what cannot be used.
            for file in files { unlink("\(hidden)/\(file.name).new") }
            rmdir(hidden)
            throw error
        }
        return found
    }

    private func prepare(_ name: String, at path: String, _ body: @escaping FileBody) throws(RouteGridError)
        -> PreparedFile
    {
        var stream = DigestStream()
        try fill(path, for: place(name)) { append throws(RouteGridError) in
            try body { piece throws(RouteGridError) in
                piece.withUnsafeBytes { stream.add($0) }
                try append(piece)
            }
        }
        return PreparedFile(name: name, digest: stream.finished(), path: path)
    }

    /// Puts a prepared file in its place, in one step.
    ///
    /// - Throws: `system` when the folder cannot be written.
    func put(_ file: PreparedFile) throws(RouteGridError) {
        guard rename(file.path, place(file.name)) == 0 else {
            throw RouteGridError(.writing(errno), "\(place(file.name)): \(String(cString: strerror(errno)))")
        }
        // What is followed may still lie there.
        rmdir(place(Self.hidden))
    }
}
