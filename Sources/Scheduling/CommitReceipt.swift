package import RouteGridBase

/// Results of one message, whose sender waits for an acknowledgement.
package struct CommitReceipt<Route: Hashable & Sendable, Key: Sendable>: Sendable {
    package let route: Route
    package let lease: LeaseID
    package let fence: Fence
    package let run: RunID
    package var cells: [CellID]
    /// How the sender identifies each result.
    package var keys: [Key]

    package init(route: Route, lease: LeaseID, fence: Fence, run: RunID, cells: [CellID] = [], keys: [Key] = []) {
        (self.route, self.lease, self.fence, self.run) = (route, lease, fence, run)
        (self.cells, self.keys) = (cells, keys)
    }
}

/// What the store found for a result.
package enum CommitVerdict: Hashable, Sendable {
    /// The first record of its key.
    case new
    /// The key had a record with the same result: evidence of determinism, counted.
    case equal
    /// The key had a record with another result. The first stays; the difference is kept and shown.
    case divergent
    /// The record names a blob that was never received: it is not kept.
    case blobMissing(Digest)
    /// The record does not say what its cell asks for, or its numbers do not follow from its choices: it is not kept.
    case refused(String)
}

/// What follows from receipts whose batch is on disk.
package struct CommitSettlement<Route: Hashable & Sendable, Key: Sendable>: Sendable {
    /// The acknowledgement of all results of one sender.
    package struct Reply: Sendable {
        package let route: Route
        package fileprivate(set) var keys: [Key] = []
        package fileprivate(set) var verdicts: [CommitVerdict] = []
    }

    /// For the scheduler, in the order of the receipts.
    ///
    /// Cells without their blob fail, to be computed again with it; those whose record was refused are pending again,
    /// as if nothing had been computed.
    package private(set) var events: [SchedulerEvent] = []
    /// One per sender, in the order of their first receipts.
    package private(set) var replies: [Reply] = []

    /// - Parameters:
    ///   - receipts: of the batch.
    ///   - verdicts: one for each of their results, in order.
    package init(_ receipts: [CommitReceipt<Route, Key>], _ verdicts: [CommitVerdict]) {
        precondition(receipts.reduce(0) { $0 + $1.cells.count } == verdicts.count, "a verdict for each result")
        var places: [Route: Int] = [:]
        var start = 0
        for receipt in receipts {
            let given = verdicts[start..<start + receipt.cells.count]
            start += receipt.cells.count
            let place = places[receipt.route] ?? replies.count
            if place == replies.count { replies.append(Reply(route: receipt.route)) }
            places[receipt.route] = place
            replies[place].keys += receipt.keys
            replies[place].verdicts += given
            addEvents(of: receipt, given)
        }
    }

    private mutating func addEvents(of receipt: CommitReceipt<Route, Key>, _ verdicts: ArraySlice<CommitVerdict>) {
        var missing: [CellID: Digest] = [:]
        var refused: [CellID] = []
        for (cell, verdict) in zip(receipt.cells, verdicts) {
            if case .blobMissing(let digest) = verdict { missing[cell] = digest }
            if case .refused = verdict { refused.append(cell) }
        }
        let committed = receipt.cells.filter { missing[$0] == nil && !refused.contains($0) }
        events.append(.committed(receipt.run, cells: committed))
        // Its worker is to blame, not the cell.
        if !refused.isEmpty { events.append(.released(receipt.lease, receipt.fence, cells: refused)) }
        for (cell, digest) in missing.sorted(by: { $0.key < $1.key }) {
            let text = "a result for cell \(cell) of run \(receipt.run) that names blob \(digest), which was not put"
            events.append(
                .failed(receipt.lease, receipt.fence, cell: cell, .refused, retryable: true, text: text)
            )
        }
    }
}
