package import RouteGridBase

/// Results that were not acknowledged yet.
///
/// They outlive any number of connections.
package struct ResultOutbox {
    package struct Entry: Hashable {
        package var lease: LeaseID
        package var cell: CellID

        package init(lease: LeaseID, cell: CellID) {
            (self.lease, self.cell) = (lease, cell)
        }
    }

    /// A result of a key: a key can have two, when a program is not deterministic.
    package struct Name: Hashable {
        package var jobKey: JobKey
        package var resultDigest: Digest

        package init(jobKey: JobKey, resultDigest: Digest) {
            (self.jobKey, self.resultDigest) = (jobKey, resultDigest)
        }
    }

    /// Bytes that may be held before the worker requests no more leases.
    static let comfortableBytes = 64 << 20

    private struct Batch {
        /// The envelope, ready to send.
        let frame: [UInt8]
        var outstanding: Int
        /// Blobs that the coordinator must have before.
        var blockers: Set<Digest>
    }

    private struct Waiting {
        var batch: Int
        var entry: Entry
    }

    private var batches: [Int: Batch] = [:]
    private var nextBatch = 0
    /// Batches to send, in order.
    private var unsent: [Int] = []
    private var waiting: [Name: Waiting] = [:]
    /// Two runs may wait for the same result: one acknowledgement each, in the order they were sent.
    private var others: [Name: [Waiting]] = [:]
    /// Bytes of the results that are held.
    package private(set) var byteCount = 0

    package init() {}

    package var isEmpty: Bool { batches.isEmpty }
    package var keys: [JobKey] { Set(waiting.keys.map(\.jobKey)).sorted() }

    /// Adds a batch of results of one lease.
    package mutating func add(
        _ frame: [UInt8],
        lease: LeaseID,
        cells: [CellID],
        names: [Name],
        blockers: Set<Digest>
    ) {
        guard !names.isEmpty else { return }
        let number = nextBatch
        nextBatch += 1
        batches[number] = Batch(frame: frame, outstanding: names.count, blockers: blockers)
        byteCount += frame.count
        unsent.append(number)
        for (name, cell) in zip(names, cells) {
            let new = Waiting(batch: number, entry: Entry(lease: lease, cell: cell))
            if waiting[name] == nil { waiting[name] = new } else { others[name, default: []].append(new) }
        }
    }

    /// The coordinator has a result on disk.
    ///
    /// - Returns: which one; nil when none is outstanding (the acknowledgement of a result sent twice, or of another
    ///   result of the key).
    package mutating func acknowledge(_ name: Name) -> Entry? {
        guard let first = waiting.removeValue(forKey: name) else { return nil }
        if !others.isEmpty, var rest = others[name] {
            waiting[name] = rest.removeFirst()
            others[name] = rest.isEmpty ? nil : rest
        }
        batches[first.batch]?.outstanding -= 1
        if let batch = batches[first.batch], batch.outstanding == 0 {
            byteCount -= batch.frame.count
            batches[first.batch] = nil
        }
        return first.entry
    }

    /// The coordinator has a blob.
    package mutating func unblock(_ blob: Digest) {
        for number in unsent { batches[number]?.blockers.remove(blob) }
    }

    /// Sends unblocked batches, oldest first, until `send` returns that no more fit.
    package mutating func flush(_ send: ([UInt8]) -> Bool) {
        guard !unsent.isEmpty else { return }
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

    /// The connection is new: everything is sent again.
    package mutating func restart() { unsent = batches.keys.sorted() }

    package mutating func removeAll() { self = ResultOutbox() }
}
