import Grid
import Logging
package import RouteGridBase

/// Changes that go to disk in one transaction, and what waits for it.
package struct CommitBatch: Sendable {
    /// Results of one message, whose sender waits for an acknowledgement.
    package struct Receipt: Sendable {
        package let route: RoutingID
        package let lease: LeaseID
        package let fence: Fence
        package let run: RunID
        package var cells: [Int] = []
        package var jobKeys: [Digest] = []
        package var resultDigests: [Digest] = []

        package init(route: RoutingID, lease: LeaseID, fence: Fence, run: RunID) {
            (self.route, self.lease, self.fence, self.run) = (route, lease, fence, run)
        }
    }

    package var writes: [StoreWrite] = []
    /// Their results are the `.result` of `writes`, in order.
    package var receipts: [Receipt] = []
    /// Bytes of the messages that results came in.
    package var byteCount = 0
    /// Called once the batch is on disk, or with the error when it could not be.
    package var afterwards: [@Sendable (RouteGridError?) -> Void] = []

    package init() {}

    package var isEmpty: Bool { writes.isEmpty && afterwards.isEmpty }

    /// What is tried again of a batch that found the disk full, with what has waited behind it: all but the results, which
    /// their workers keep and send again.
    package func keptWhenFull(before next: CommitBatch) -> CommitBatch {
        var kept = CommitBatch()
        kept.writes = (writes + next.writes).filter { if case .result = $0 { false } else { true } }
        kept.afterwards = afterwards + next.afterwards
        return kept
    }
}

extension CoordinatorServer {
    /// Adds a change to the next commit.
    func persist(_ write: StoreWrite) { waiting.writes.append(write) }

    /// Sends the next batch to disk, unless one is on its way: what comes meanwhile shares the next sync.
    func commitIfIdle() {
        guard !isCommitting, !isStalled, !waiting.isEmpty else { return }
        isCommitting = true
        let batch = waiting
        waiting = CommitBatch()
        access.write { store throws(RouteGridError) in
            let outcome = batch.writes.isEmpty ? CommitOutcome() : try store.commit(batch.writes)
            return Committed(
                outcome: outcome,
                divergences: outcome.verdicts.contains(.divergent) ? try store.divergenceCounts() : nil
            )
        } then: { outcome in
            self.assumeIsolated { $0.finish(batch, outcome) }
        }
    }

    /// What a commit came to.
    private struct Committed: Sendable {
        let outcome: CommitOutcome
        /// By run, when some verdict was one.
        let divergences: [RunID: Int]?
    }

    private func finish(_ batch: CommitBatch, _ outcome: Result<Committed, RouteGridError>) {
        isCommitting = false
        switch outcome {
        case .success(let committed):
            counters.commits += 1
            if !batch.receipts.isEmpty { storeTrouble = nil }
            if let found = committed.divergences { divergences = found }
            feedFollowers(with: batch, committed.outcome)
            acknowledge(batch.receipts, committed.outcome.verdicts)
            for after in batch.afterwards { after(nil) }
        case .failure(let error) where error.code == .temporary:
            stall(batch, error)
        case .failure(let error):
            log.error("the record store failed", metadata: ["error": "\(error)"])
            end(.failure(error))
        }
        commitIfIdle()
        holdBack()
    }

    private func acknowledge(_ receipts: [CommitBatch.Receipt], _ verdicts: [Verdict]) {
        precondition(receipts.reduce(0) { $0 + $1.cells.count } == verdicts.count, "a verdict for each result")
        var replies: [RoutingID: Acknowledgement] = [:]
        var order: [RoutingID] = []
        var start = 0
        for receipt in receipts {
            let given = verdicts[start..<start + receipt.cells.count]
            start += receipt.cells.count
            var missing: [Int: Digest] = [:]
            for (place, verdict) in given.enumerated() {
                switch verdict {
                case .new: counters.committed += 1
                case .equal: counters.equal += 1
                case .divergent:
                    log.error("two different results of one key", metadata: ["key": "\(receipt.jobKeys[place])"])
                case .blobMissing(let digest): missing[receipt.cells[place]] = digest
                }
            }
            if replies[receipt.route] == nil { order.append(receipt.route) }
            replies[receipt.route, default: Acknowledgement()].add(receipt.jobKeys, receipt.resultDigests, given)
            handle(.committed(receipt.run, cells: receipt.cells.filter { missing[$0] == nil }))
            if !missing.isEmpty { fail(missing, of: receipt) }
        }
        for route in order {
            if let reply = replies[route] { send(.committed(reply), to: route) }
        }
    }

    /// Fails cells whose records name blobs that never came: computed again, they come with them.
    private func fail(_ missing: [Int: Digest], of receipt: CommitBatch.Receipt) {
        // Nothing was written of them, the read of the test part neither.
        testReads.forget()
        for (cell, digest) in missing.sorted(by: { $0.key < $1.key }) {
            let text = "a result for cell \(cell) of run \(receipt.run) that names blob \(digest), which was not put"
            log.warning("a result was refused", metadata: ["why": "\(text)"])
            handle(.failed(receipt.lease, receipt.fence, cell: cell, .refused, retryable: true, text: text))
        }
    }

    /// The disk is full: results are dropped here (their workers keep them and send them again), everything else waits.
    private func stall(_ batch: CommitBatch, _ error: RouteGridError) {
        if !isStalled {
            log.warning("the store cannot write; results wait at their workers", metadata: ["error": "\(error)"])
        }
        isStalled = true
        storeTrouble = error.message
        testReads.forget()
        waiting = batch.keptWhenFull(before: waiting)
        handle(.storeStalled(true))
    }

    /// Ends the coordinator when its folder was removed or replaced: what is written to files without a name is lost.
    func checkFolder() {
        let folder = access.store.folder
        access.read { _ throws(RouteGridError) in
            try folder.checkPresence()
        } then: { outcome in
            guard case .failure(let error) = outcome else { return }
            self.assumeIsolated { server in
                server.log.error("the state folder is gone", metadata: ["error": "\(error)"])
                server.end(.failure(error))
            }
        }
    }

    /// While stalled: tries to write, and goes on when that succeeds.
    func probeStore() {
        guard isStalled, !isCommitting else { return }
        isCommitting = true
        access.write { store throws(RouteGridError) in
            try store.commit([.audit(actor: "coordinator", action: "disk", detail: "writable again")])
        } then: { outcome in
            self.assumeIsolated { server in
                server.isCommitting = false
                guard case .success = outcome else { return }
                server.log.info("the store can write again")
                server.isStalled = false
                server.handle(.storeStalled(false))
                // Workers that are told so greet again and send again what was dropped meanwhile.
                for peer in server.peers.all where peer.worker != nil { server.send(.unknown, to: peer.route) }
                server.commitIfIdle()
            }
        }
    }
}
