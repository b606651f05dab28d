import Grid
import Logging
import RouteGridBase

/// Changes that go to disk in one transaction, and what waits for it.
struct CommitBatch: Sendable {
    /// A result whose sender waits for an acknowledgement.
    struct Receipt: Sendable {
        let route: RoutingID
        let run: RunID
        let cell: Int
        let jobKey: Digest
    }

    var writes: [StoreWrite] = []
    /// One for each `.result` of `writes`, in order.
    var receipts: [Receipt] = []
    /// Called once the batch is on disk, or with the error when it could not be.
    var afterwards: [@Sendable (RouteGridError?) -> Void] = []

    var isEmpty: Bool { writes.isEmpty && afterwards.isEmpty }
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
            batch.writes.isEmpty ? [] : try store.commit(batch.writes)
        } then: { outcome in
            self.assumeIsolated { $0.finish(batch, outcome) }
        }
    }

    private func finish(_ batch: CommitBatch, _ outcome: Result<[Verdict], RouteGridError>) {
        isCommitting = false
        switch outcome {
        case .success(let verdicts):
            counters.commits += 1
            acknowledge(batch.receipts, verdicts)
            for after in batch.afterwards { after(nil) }
            if !batch.receipts.isEmpty { feedFollowers() }
        case .failure(let error) where error.code == .temporary:
            stall(batch, error)
        case .failure(let error):
            log.error("the record store failed", metadata: ["error": "\(error)"])
            end(.failure(error))
        }
        commitIfIdle()
    }

    private func acknowledge(_ receipts: [CommitBatch.Receipt], _ verdicts: [Verdict]) {
        precondition(receipts.count == verdicts.count, "a verdict for each result")
        var replies: [RoutingID: [(Digest, Verdict)]] = [:]
        var order: [RoutingID] = []
        for (receipt, verdict) in zip(receipts, verdicts) {
            switch verdict {
            case .new: counters.committed += 1
            case .equal: counters.equal += 1
            case .divergent:
                counters.divergent += 1
                log.error("two different results of one key", metadata: ["key": "\(receipt.jobKey)"])
            }
            if replies[receipt.route] == nil { order.append(receipt.route) }
            replies[receipt.route, default: []].append((receipt.jobKey, verdict))
            handle(.committed(receipt.run, cell: receipt.cell))
        }
        for route in order { send(.committed(replies[route] ?? []), to: route) }
    }

    /// The disk is full: results are dropped here (their workers keep them and send them again), everything else waits.
    private func stall(_ batch: CommitBatch, _ error: RouteGridError) {
        if !isStalled {
            log.warning("the store cannot write; results wait at their workers", metadata: ["error": "\(error)"])
        }
        isStalled = true
        testReads.forget()
        var kept = CommitBatch()
        kept.writes = batch.writes.filter { if case .result = $0 { false } else { true } }
        kept.afterwards = batch.afterwards
        kept.writes += waiting.writes.filter { if case .result = $0 { false } else { true } }
        kept.afterwards += waiting.afterwards
        waiting = kept
        handle(.storeStalled(true))
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
