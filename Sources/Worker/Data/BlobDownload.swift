import CPlatform
import Foundation
import RouteGridBase
import Wire

/// A download of one blob from the coordinator into the cache.
///
/// A few chunks are requested at a time and arrive in order; the file is checked when it is whole.
final class BlobDownload {
    /// Chunks in flight at a time.
    static let window = 4

    let digest: Digest
    let path: String
    private let descriptor: Int32
    private var requested = 0
    private var received = 0
    /// Known from the first chunk on.
    private var total: Int?

    init(_ digest: Digest, path: String) throws(RouteGridError) {
        self.digest = digest
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        cplatform_close(descriptor)
        // The cache has moved the file if it accepted it.
        unlink(path)
    }

    /// The requests to send now: one until the size is known, then up to ``window``.
    func requests() -> [WireFetch] {
        var requests: [WireFetch] = []
        let end = total ?? 1
        while requested < end, requested - received < BlobDownload.window * WireProtocol.chunkSize {
            requests.append(BlobTransfer.fetch(digest, offset: requested))
            requested += WireProtocol.chunkSize
        }
        return requests
    }

    /// The connection was lost: outstanding requests will not be answered.
    func restartRequests() { requested = received }

    /// Adds a chunk.
    ///
    /// - Returns: whether the blob is whole.
    /// - Throws: `badInput` when the coordinator has no such blob, `system` when it cannot be written.
    func take(_ chunk: WireChunk, _ data: [UInt8]) throws(RouteGridError) -> Bool {
        guard !chunk.missing else { throw RouteGridError(.badInput, "the coordinator has no blob \(digest)") }
        // An answer to a request on an earlier connection.
        guard chunk.offset == UInt64(received) else { return false }
        guard data.count <= WireProtocol.chunkSize, UInt64(received + data.count) <= chunk.total else {
            throw RouteGridError(.protocolRefused, "blob \(digest): a chunk that does not fit")
        }
        var written = 0
        while written < data.count {
            let count = data.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: written), data.count - written)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
            }
        }
        total = Int(clamping: chunk.total)
        received += data.count
        guard received == Int(clamping: chunk.total) else {
            guard !data.isEmpty else { throw RouteGridError(.protocolRefused, "blob \(digest): an empty chunk") }
            return false
        }
        return true
    }

    /// Whether the content of the file matches its digest.
    ///
    /// Reads all of it: not for the loop.
    static func isRight(path: String, digest: Digest) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return false }
        return data.withUnsafeBytes { Digest(hashing: $0) } == digest
    }
}
