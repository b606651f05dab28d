import RouteGridBase
import Wire

/// Blobs that are uploaded to the coordinator, one after the other: results that name them wait.
struct BlobUploads {
    enum Step: Equatable {
        /// The next chunk may be sent.
        case next
        /// The coordinator has it.
        case stored(Digest)
        /// The coordinator could not store it now.
        case refused(String)
        /// The answer belongs to another request.
        case nothing
    }

    private var queue: [(digest: Digest, content: [UInt8])] = []
    private var offset = 0
    private(set) var isUnderWay = false

    var isEmpty: Bool { queue.isEmpty }

    mutating func add(_ digest: Digest, _ content: [UInt8]) { queue.append((digest, content)) }

    /// The chunk to send now, if none is in flight.
    mutating func next() -> WireMessage? {
        guard !isUnderWay, let first = queue.first else { return nil }
        isUnderWay = true
        let (put, data) = BlobTransfer.put(first.digest, first.content, offset: offset)
        return WireMessage(.put(put), data: data)
    }

    mutating func take(_ answer: WireStored) -> Step {
        guard isUnderWay, let first = queue.first, answer.sha == first.digest.data else { return .nothing }
        isUnderWay = false
        guard answer.error.isEmpty else {
            offset = 0
            return .refused(answer.error)
        }
        guard answer.complete else {
            offset = min(Int(clamping: answer.nextOffset), first.content.count)
            return .next
        }
        queue.removeFirst()
        offset = 0
        return .stored(first.digest)
    }

    /// The connection was lost: the upload starts anew.
    mutating func restart() {
        isUnderWay = false
        offset = 0
    }

    mutating func removeAll() { self = BlobUploads() }
}
