import Foundation
package import RouteGridBase

/// Blobs by digest, in the folders where a board's inputs are.
package struct BlobFolders: Sendable {
    private let folders: [String]

    /// - Parameter folders: Each with `blobs/` in it.
    package init(_ folders: [String]) { self.folders = folders }

    /// The content of a blob; nil when no folder has it.
    ///
    /// - Throws: `checkFailed` when the bytes are not its digest's.
    package func bytes(_ digest: Digest) throws(RouteGridError) -> [UInt8]? {
        for folder in folders {
            let path = folder + "/" + OutputName.blob(digest)
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            let bytes = Array(data)
            guard Digest(hashing: bytes) == digest else {
                throw RouteGridError(.checkFailed, "\(path): its bytes hash to \(Digest(hashing: bytes))")
            }
            return bytes
        }
        return nil
    }
}
