package import RouteGridBase

/// Results that are not acknowledged yet.
///
/// They stay through any number of connections.
package struct ResultOutbox {
    package struct Entry: Hashable {
        package var lease: UInt64
        package var cell: UInt64

        package init(lease: UInt64, cell: UInt64) {
            (self.lease, self.cell) = (lease, cell)
        }
    }

    private struct Batch {
        /// The envelope, ready to send.
        let frame: [UInt8]
        var outstanding: Int
        /// Blobs that the coordinator must have first.
        var blockers: Set<Digest>
    }

    private struct Waiting {
        var batch: Int
        var entry: Entry
    }

    private var batches: [Int: Batch] = [:]
    private var nextBatch = 0
    /// What is sent next, in order.
    private var unsent: [Int] = []
    /// Two runs may wait for one key: one acknowledgement each, in the order they were sent.
    private var waiting: [Digest: [Waiting]] = [:]

    package init() {}

    package var isEmpty: Bool { batches.isEmpty }
    package var keys: [Digest] { waiting.keys.sorted() }

    /// Adds a batch of results of one lease.
    package mutating func add(_ frame: [UInt8], lease: UInt64, cells: [UInt64], keys: [Digest], blockers: Set<Digest>) {
        guard !keys.isEmpty else { return }
        let number = nextBatch
        nextBatch += 1
        batches[number] = Batch(frame: frame, outstanding: keys.count, blockers: blockers)
        unsent.append(number)
        for (key, cell) in zip(keys, cells) {
            waiting[key, default: []].append(Waiting(batch: number, entry: Entry(lease: lease, cell: cell)))
        }
    }

    /// The coordinator has a result on disk.
    ///
    /// - Returns: which one; nil when it is not waited for (an acknowledgement of what was sent twice).
    package mutating func acknowledge(_ key: Digest) -> Entry? {
        guard var entries = waiting[key] else { return nil }
        let first = entries.removeFirst()
        waiting[key] = entries.isEmpty ? nil : entries
        batches[first.batch]?.outstanding -= 1
        if batches[first.batch]?.outstanding == 0 { batches[first.batch] = nil }
        return first.entry
    }

    /// The coordinator has a blob.
    package mutating func unblock(_ blob: Digest) {
        for number in unsent { batches[number]?.blockers.remove(blob) }
    }

    /// Sends what may go, oldest first, until `send` says that no more is taken.
    package mutating func flush(_ send: ([UInt8]) -> Bool) {
        var left: [Int] = []
        var isOpen = true
        for number in unsent {
            guard let batch = batches[number] else { continue }
            if isOpen, batch.blockers.isEmpty {
                isOpen = send(batch.frame)
                if isOpen { continue }
            }
            left.append(number)
        }
        unsent = left
    }

    /// A new connection: everything is sent again.
    package mutating func restart() { unsent = batches.keys.sorted() }

    package mutating func removeAll() { self = ResultOutbox() }
}
