import Grid
import Logging
import RouteGridBase
import Scheduling

/// The commit queue with the coordinator's types.
///
/// An answer is called once its batch is on disk, or with the error when it could not be written.
typealias ServerCommits = CommitQueue<StoreWrite, RoutingID, ResultKey, @Sendable (RouteGridError?) -> Void>

/// How a worker identifies a result.
struct ResultKey: Hashable, Sendable {
    let jobKey: JobKey
    let resultDigest: Digest
}

extension CoordinatorServer {
    /// Adds a change to the next commit.
    func persist(_ write: StoreWrite) { commits.add(write) }

    /// Sends the next batch to disk, unless one is being written: what arrives meanwhile shares the next sync.
    func commitIfIdle() {
        guard let batch = commits.begin() else { return }
        let (checker, locks) = (checker, configuration.checksRecords ? locks(of: batch) : [:])
        let isAuditing = sample != nil
        access.write { store throws(RouteGridError) in
            let found = checker.faults(in: batch.changes, locks: locks, store: store)
            let begun = ContinuousClock.now
            let outcome =
                batch.changes.isEmpty ? CommitOutcome() : try store.commit(batch.changes, refused: found.faults)
            return Committed(
                outcome: outcome,
                unchecked: found.unchecked,
                seconds: (ContinuousClock.now - begun) / .seconds(1),
                divergences: outcome.verdicts.contains(.divergent) || isAuditing && batch.endsDivergences
                    ? try store.divergenceCounts() : nil
            )
        } then: { outcome in
            self.assumeIsolated { $0.finish(batch, outcome) }
        }
    }

    /// The grids of the results in a batch.
    private func locks(of batch: ServerCommits.Batch) -> [RunID: GridLock] {
        var locks: [RunID: GridLock] = [:]
        for case .result(let row) in batch.changes where locks[row.run] == nil {
            locks[row.run] = served[row.run]?.lock
        }
        return locks
    }

    /// The outcome of a commit.
    private struct Committed: Sendable {
        let outcome: CommitOutcome
        /// Results whose data are not in the store, so that nothing could be computed again.
        let unchecked: Int
        /// What writing and the sync took.
        let seconds: Double
        /// By run; set when some result diverged.
        let divergences: [RunID: Int]?
    }

    private func finish(_ batch: ServerCommits.Batch, _ outcome: Result<Committed, RouteGridError>) {
        switch outcome {
        case .success(let committed):
            commits.written()
            counters.commits += 1
            counters.unchecked += committed.unchecked
            metrics.committed(
                committed.outcome.places.count,
                last: committed.outcome.places.last,
                in: committed.seconds,
                at: now
            )
            if !batch.receipts.isEmpty { storeError = nil }
            if let found = committed.divergences { divergences = found }
            feedFollowers(with: batch, committed.outcome)
            acknowledge(batch.receipts, committed.outcome.verdicts)
            if sample != nil { noteAudits(batch, committed.outcome.verdicts) }
            for answer in batch.answers { answer(nil) }
        case .failure(let error) where error.code == .temporary:
            stall(batch, error)
        case .failure(let error):
            log.error("the record store failed", metadata: ["error": "\(error)"])
            end(.failure(error))
        }
        commitIfIdle()
        updateReading()
    }

    private func acknowledge(_ receipts: [ServerCommits.Receipt], _ verdicts: [CommitVerdict]) {
        for (key, verdict) in zip(receipts.lazy.flatMap(\.keys), verdicts) {
            switch verdict {
            case .new: counters.committed += 1
            case .equal: counters.equal += 1
            case .divergent:
                log.error("two different results of one key", metadata: ["key": "\(key.jobKey)"])
            // Nothing of it was written, nor was its test read.
            case .blobMissing, .refused: testReads.forget()
            }
        }
        let settlement = CommitSettlement(receipts, verdicts)
        for event in settlement.events {
            if case .failed(_, _, _, _, _, let text) = event {
                log.warning("a result was refused", metadata: ["why": "\(text)"])
            }
            handle(event)
        }
        for reply in settlement.replies {
            send(.committed(Acknowledgement(reply)), to: reply.route)
            blame(reply)
        }
    }

    /// Counts refused records against their worker, which is expelled when it goes on sending them.
    private func blame(_ reply: CommitSettlement<RoutingID, ResultKey>.Reply) {
        var faults: [String] = []
        for case .refused(let why) in reply.verdicts { faults.append(why) }
        guard let first = faults.first else { return }
        counters.inconsistent += faults.count
        refuse(RouteGridError(.refused, first), reply.route, isSent: false)
        guard peers.blame(reply.route, by: faults.count) >= Peer.faultLimit else { return }
        expel(reply.route, blamingCells: false)
    }

    /// The disk is full: workers keep their results, everything else waits.
    private func stall(_ batch: ServerCommits.Batch, _ error: RouteGridError) {
        log.warning("the store cannot write; results wait at their workers", metadata: ["error": "\(error)"])
        storeError = error.message
        testReads.forget()
        commits.refused(batch)
        handle(.storeStalled(true))
    }

    /// Stops the coordinator when its folder was removed or replaced: writes to unlinked files are lost.
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

    /// While stalled: tries to write, and resumes when that succeeds.
    func probeStore() {
        guard commits.beginProbe() else { return }
        access.write { store throws(RouteGridError) in
            try store.commit([.audit(actor: "coordinator", action: "disk", detail: "writable again")])
        } then: { outcome in
            self.assumeIsolated { server in
                guard case .success = outcome else { return server.commits.probed(isWritable: false) }
                server.commits.probed(isWritable: true)
                server.log.info("the store can write again")
                server.handle(.storeStalled(false))
                // Workers answer this message with a hello and all results that were dropped meanwhile.
                for peer in server.peers.all where peer.worker != nil { server.send(.unknown, to: peer.route) }
                server.commitIfIdle()
            }
        }
    }
}
