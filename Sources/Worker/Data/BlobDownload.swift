import CPlatform
import Foundation
import RouteGridBase
import Wire

/// A download of one blob from the coordinator into the cache.
///
/// A few chunks are requested at a time and arrive in order; the file is checked when it is whole. The file is locked:
/// of the workers that share a cache one downloads a blob, and the others wait for it. What is there when a worker ends
/// is kept, and whichever worker locks the file next goes on behind it.
final class BlobDownload {
    /// Chunks in flight at a time, of one download and of all.
    static let window = 4
    static let sharedWindow = 16

    let digest: Digest
    let path: String
    /// Bytes of the blob, where they are known beforehand.
    let byteCount: Int?
    /// -1 while another process downloads the blob.
    private var descriptor: Int32 = -1
    private var requested = 0
    private var received = 0
    /// Whether a part of it is of an earlier process.
    private var isResumed = false
    /// Nothing of it is of use to a later one.
    private var isSpoiled = false
    /// Known from the first chunk on.
    private var total: Int?
    /// When the last chunk or, before it, the last request was.
    private var moved = ContinuousClock.now
    /// What another process has of it, and since when it has no more.
    private var elsewhere: (size: Int64, since: ContinuousClock.Instant)?
    /// A process that holds the file and adds nothing for so long is stopped, or has lost its coordinator.
    private static let patience = Duration.seconds(30)
    /// After so long without a chunk the answers are taken for lost; a slow connection takes less for one chunk.
    private static let answerPatience = Duration.seconds(60)

    /// Begins, or goes on with what is at `path`, unless another process does that.
    ///
    /// - Throws: `system` when the file cannot be opened.
    init(_ digest: Digest, path: String, byteCount: Int? = nil) throws(RouteGridError) {
        self.digest = digest
        self.path = path
        self.byteCount = byteCount
        try takeOver()
    }

    deinit { close() }

    private func close() {
        guard descriptor >= 0 else { return }
        // While it is locked; the cache has moved the file if it accepted it.
        if isSpoiled || received == 0, BlobCache.isAt(path, descriptor) { unlink(path) }
        cplatform_close(descriptor)
        descriptor = -1
    }

    /// Whether this process downloads it, and no other.
    var isOwn: Bool { descriptor >= 0 }

    /// Whether all of it is there, in the file of this process.
    var isWhole: Bool { isOwn && received == total && BlobCache.isAt(path, descriptor) }

    /// Leaves what is there to whoever goes on with it.
    ///
    /// - Parameter evenWhole: also when all of it is there, and is being checked.
    func letGo(evenWhole: Bool = false) {
        if isOwn, evenWhole || received != total { close() }
    }

    /// Locks the file, unless another process has and adds to it.
    ///
    /// - Returns: whether this process downloads it from now on.
    @discardableResult
    func takeOver(_ now: ContinuousClock.Instant = .now) throws(RouteGridError) -> Bool {
        guard !isOwn else { return true }
        while !isOwn {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard opened >= 0 else { throw failure() }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                var status = stat()
                let size = fstat(opened, &status) == 0 ? Int64(status.st_size) : -1
                cplatform_close(opened)
                if elsewhere?.size != size { elsewhere = (size, now) }
                guard let elsewhere, now - elsewhere.since > Self.patience else { return false }
                // The other one detects that its file is no longer there.
                self.elsewhere = nil
                unlink(path)
                continue
            }
            // Another one may have moved it to its place, or removed it, before it was locked.
            guard BlobCache.isAt(path, opened) else {
                cplatform_close(opened)
                continue
            }
            descriptor = opened
        }
        let there = Int(lseek(descriptor, 0, SEEK_END))
        try restart(at: max(0, there - there % WireProtocol.chunkSize))
        isResumed = received > 0
        return true
    }

    private func restart(at offset: Int) throws(RouteGridError) {
        guard ftruncate(descriptor, off_t(offset)) == 0, lseek(descriptor, off_t(offset), SEEK_SET) == offset else {
            throw failure()
        }
        (received, requested, total) = (offset, offset, nil)
    }

    private func failure() -> RouteGridError {
        RouteGridError(.system, "\(path): \(String(cString: strerror(errno)))")
    }

    /// Chunks that are requested and did not arrive.
    var outstanding: Int { (requested - received + WireProtocol.chunkSize - 1) / WireProtocol.chunkSize }

    /// The requests to send now, at most `most`: one until the size is known, then up to ``window``.
    func requests(most: Int) -> [WireFetch] {
        guard isOwn else { return [] }
        var requests: [WireFetch] = []
        let end = total ?? received + 1
        while requests.count < most, requested < end, outstanding < BlobDownload.window {
            requests.append(BlobTransfer.fetch(digest, offset: requested))
            requested += WireProtocol.chunkSize
        }
        if !requests.isEmpty { moved = .now }
        return requests
    }

    /// Outstanding requests will not be answered: the connection is new, or the coordinator refused them.
    func restartRequests() { requested = received }

    /// Whether requests are outstanding for longer than any answer takes.
    func isUnanswered(_ now: ContinuousClock.Instant) -> Bool {
        isOwn && requested > received && now - moved > Self.answerPatience
    }

    /// Adds a chunk.
    ///
    /// - Returns: whether the blob is whole.
    /// - Throws: `badInput` when the coordinator has no such blob, `system` when it cannot be written.
    func take(_ chunk: WireChunk, _ data: [UInt8]) throws(RouteGridError) -> Bool {
        guard !chunk.missing else {
            isSpoiled = true
            throw RouteGridError(.badInput, "the coordinator has no blob \(digest)")
        }
        // An answer to a request on an earlier connection.
        guard isOwn, chunk.offset == UInt64(received) else { return false }
        guard data.count <= WireProtocol.chunkSize, UInt64(received + data.count) <= chunk.total else {
            // More than the blob has is there: of another content, or damaged.
            if isResumed, UInt64(received) > chunk.total {
                try begin()
                return false
            }
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
                throw failure()
            }
        }
        total = Int(clamping: chunk.total)
        received += data.count
        moved = .now
        guard received == Int(clamping: chunk.total) else {
            guard !data.isEmpty else { throw RouteGridError(.protocolRefused, "blob \(digest): an empty chunk") }
            return false
        }
        return true
    }

    /// Anew from the first byte.
    private func begin() throws(RouteGridError) {
        isResumed = false
        try restart(at: 0)
    }

    /// The content is not that of the digest: begins anew when a part of it was there before.
    ///
    /// - Returns: whether it does.
    func beginsAnew() -> Bool {
        guard isResumed, (try? begin()) != nil else {
            isSpoiled = true
            return false
        }
        return true
    }

    /// From now on others may use the file, but not remove it, while this object lives.
    func share() { _ = flock(descriptor, LOCK_SH) }

    /// Whether the content of the file matches its digest.
    ///
    /// Reads all of it: not for the loop.
    static func isRight(path: String, digest: Digest) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return false }
        return data.withUnsafeBytes { Digest(hashing: $0) } == digest
    }
}
