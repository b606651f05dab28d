import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire

/// A disk that takes its time: a blob is put whose file is a pipe that nobody reads, and all that is written later
/// waits for it.
final class SlowDisk {
    private let path: String
    private let peer: PlayedPeer
    private var reader: Int32 = -1

    init(_ bench: ServerBench) throws {
        let content = Array("slow".utf8)
        let digest = Digest(hashing: content)
        let place = bench.folder.path("state/blobs/\(digest.hex.prefix(2))")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        path = "\(place)/\(digest.hex.dropFirst(2)).\(getpid()).part"
        try #require(mkfifo(path, 0o600) == 0)
        peer = try PlayedPeer(bench.url, role: .client)
        var put = WirePut()
        (put.sha, put.total) = (digest.data, UInt64(content.count))
        try peer.say(.put(put), data: content)
        // Answered behind it, so that the blob's turn at the disk has come.
        var query = WireQuery()
        query.kind = "status"
        try peer.say(.query(query))
        _ = try peer.next { if case .reply = $0 { true } else { nil } }
    }

    /// The disk goes on.
    func goOn() { reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }

    deinit {
        if reader < 0 { goOn() }
        close(reader)
    }
}
