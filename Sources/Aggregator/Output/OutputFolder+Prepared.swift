import Foundation
import RouteGridBase

/// Takes the next piece of a file.
typealias FileAppender = (ArraySlice<UInt8>) throws(RouteGridError) -> Void

/// A file that is written and not yet in its place.
struct PreparedFile {
    let name: String
    let digest: Digest
    fileprivate let path: String
}

extension OutputFolder {
    private static var hidden: String { incomingPrefix + String(getpid()) }

    /// Writes a large file in pieces beside its place, so that putting it there takes no time.
    ///
    /// - Parameters:
    ///   - name: The file's name, without folders.
    ///   - body: Calls its argument once a piece.
    /// - Throws: `system` when the folder cannot be written, and what `body` throws.
    func prepare(
        _ name: String,
        _ body: @escaping (_ append: FileAppender) throws(RouteGridError) -> Void
    ) throws(RouteGridError) -> PreparedFile {
        let path = "\(Self.hidden)/\(name).new"
        var stream = DigestStream()
        try write(to: path) { append throws(RouteGridError) in
            try body { piece throws(RouteGridError) in
                piece.withUnsafeBytes { stream.add($0) }
                try append(piece)
            }
        }
        return PreparedFile(name: name, digest: stream.finished(), path: place(path))
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
