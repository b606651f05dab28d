import Foundation
import Logging
import RouteGridBase
import Wire

extension WorkerSupervisor {
    /// Results of cells: forwarded as they are.
    func take(_ batch: SlotBatch, from slot: SupervisedSlot) throws(RouteGridError) {
        guard case .running(let message) = slot.phase, message.leaseID == batch.leaseID else { return }
        let keys = try JobKey.list(batch.jobKeys, "job_keys")
        let digests = try Digest.list(batch.resultShas, "result_shas")
        guard keys.count == batch.cells.count, digests.count == keys.count else {
            throw RouteGridError(.protocolRefused, "a batch of \(batch.cells.count) cells, not as many keys")
        }
        var blockers = Set<Digest>()
        for blob in batch.blobs {
            let digest = try Digest(field: blob.sha, "blobs.sha")
            blockers.insert(digest)
            uploads.add(digest, Array(blob.content))
        }
        let frame = ResultFrame.envelope(
            lease: message.leaseID,
            fence: message.leaseFence,
            run: message.runID,
            items: batch.items
        )
        guard frame.count <= link.maximumFrame else {
            let text = "a record of \(frame.count) bytes; the coordinator takes at most \(link.maximumFrame)"
            guard let lease = leases[message.leaseID] else { return }
            for cell in batch.cellIDs { fail(lease, cell: cell, .error, text, isRetryable: false, log: []) }
            return
        }
        let cells = batch.cellIDs
        let names = zip(keys, digests).map { ResultOutbox.Name(jobKey: $0, resultDigest: $1) }
        outbox.add(frame, lease: message.leaseID, cells: cells, names: names, blockers: blockers)
        leases[message.leaseID]?.uncomputed.subtract(cells)
        leases[message.leaseID]?.unacknowledged.formUnion(cells)
        closeIfComputed(message.leaseID)
        if !blockers.isEmpty { checkUploads(.now) }
    }

    /// An error that the code of a fit or an evaluation reported.
    func take(_ failed: SlotCellFailed, from slot: SupervisedSlot) {
        guard case .running(let message) = slot.phase, let lease = leases[message.leaseID] else { return }
        fail(
            lease,
            cell: failed.hasCell ? failed.cellID : nil,
            failed.memory ? .memory : .error,
            failed.text,
            isRetryable: failed.retryable,
            log: slot.connection?.logTail ?? []
        )
        closeIfComputed(message.leaseID)
    }

    /// A slot that had started a lease when it was withdrawn from the slot may still finish it.
    private func closeIfComputed(_ id: LeaseID) {
        guard let lease = leases[id], lease.phase == .ready, lease.uncomputed.isEmpty else { return }
        leases[id]?.phase = .computed
        settle(id)
    }

    /// A slot has finished its task and starts the next in its queue.
    func finish(_ slot: SupervisedSlot) {
        guard case .running(let message) = slot.phase else { return }
        if slot.queue.isEmpty {
            slot.phase = .idle
        } else {
            let next = slot.queue.removeFirst()
            slot.phase = .running(next)
            if leases[next.leaseID]?.phase == .queued(slot: slot.number) {
                leases[next.leaseID]?.phase = .running(slot: slot.number)
                leases[next.leaseID]?.attempts += 1
            }
        }
        conclude(message.leaseID, slot)
    }

    /// The slot no longer runs the lease.
    private func conclude(_ id: LeaseID, _ slot: SupervisedSlot) {
        guard let lease = leases[id], lease.phase == .running(slot: slot.number) else { return }
        // A slot leaves out only cells that it was to skip: what is left here was released while it finished.
        if !lease.uncomputed.isEmpty { giveBack(id, lease.uncomputed) }
        leases[id]?.phase = .computed
        settle(id)
    }

    // MARK: Watching

    func checkSlots(_ now: ContinuousClock.Instant) {
        for slot in slots {
            if slot.isGone { cleanUpIfEnded(slot) }
            switch slot.phase {
            case .starting(let since) where now - since > .seconds(60): slot.connection?.peer.kill()
            case .running: watch(slot)
            default: break
            }
        }
        releaseSpare()
        retired.removeAll { slot in
            guard slot.connection?.peer.ending() != nil else { return false }
            slot.connection?.peer.close()
            return true
        }
    }

    private func watch(_ slot: SupervisedSlot) {
        guard slot.verdict == nil, let peer = slot.connection?.peer, let current = slot.current else { return }
        let message = current.message
        let lasting = max(slot.pace.elapsed, current.elapsed)
        slot.pace.lasts(lasting)
        if lasting > .milliseconds(50), !slot.queue.isEmpty {
            withdrawPrefetched(of: slot)
            dispatch()
        }
        if message.memoryLimit > 0, let bytes = peer.residentBytes {
            slot.peakBytes = max(slot.peakBytes, bytes)
            if bytes > Int64(clamping: message.memoryLimit) {
                slot.verdict = .memory(
                    "used \(bytes >> 20) MiB of memory; the limit is \(message.memoryLimit >> 20) MiB"
                )
                return peer.kill()
            }
        }
        let elapsed = current.elapsed
        switch current.step {
        case .idle: break
        case .fit: check(slot, elapsed, limit: message.fitTimeoutMs, "the fit")
        case .cell(let cell, _):
            check(slot, elapsed, limit: message.cellTimeoutMs, "the evaluation of cell \(cell)")
            guard elapsed > .milliseconds(100), leases[message.leaseID]?.announced != cell else { return }
            leases[message.leaseID]?.announced = cell
            var started = WireStarted()
            (started.leaseID, started.leaseFence, started.cellID) = (message.leaseID, message.leaseFence, cell)
            say(.started(started))
        }
    }

    private func check(_ slot: SupervisedSlot, _ elapsed: Duration, limit: UInt64, _ what: String) {
        guard limit > 0, elapsed > .milliseconds(Int64(clamping: limit)) else { return }
        slot.verdict = .timeout("\(what) took longer than \(Duration.milliseconds(Int64(clamping: limit)))")
        slot.connection?.peer.kill()
    }

    // MARK: Ended slots

    /// Assigns the blame once it is known how a slot ended, and frees its place.
    func cleanUpIfEnded(_ slot: SupervisedSlot) {
        guard let connection = slot.connection, let ending = connection.peer.ending() else { return }
        let tail = connection.logTail
        let step = connection.peer.progress.read().step
        connection.peer.close()
        let told = slot.told
        let phase = slot.phase
        slot.queue = []
        slot.announced = nil
        slot.connection = nil
        slot.isGone = false
        slot.phase = .empty
        switch phase {
        case .running(let message):
            let victim = told.first { $0.leaseID == step.lease } ?? message
            for other in told where other.leaseID != victim.leaseID { lose(other.leaseID, slot) }
            blame(slot, victim, step, ending, tail)
        case .starting:
            slot.failedStarts += 1
            let last = SlotErrorSummary(tail).last
            log.error("a slot ended at its start", metadata: ["how": "\(ending)", "log": "\(last)"])
            if slot.failedStarts >= 3 {
                let text = "slots end at their start by \(ending): \(last)"
                return end(.failure(RouteGridError(.system, text)))
            }
            launch(slot, connection.kind)
        default: log.warning("an idle slot ended", metadata: ["how": "\(ending)"])
        }
        dispatch()
    }

    private func blame(
        _ slot: SupervisedSlot,
        _ message: WireLease,
        _ step: ProgressPage.Step,
        _ ending: String,
        _ tail: [UInt8]
    ) {
        if leases[message.leaseID]?.phase == .queued(slot: slot.number) {
            leases[message.leaseID]?.phase = .running(slot: slot.number)
            leases[message.leaseID]?.attempts += 1
        }
        guard let lease = leases[message.leaseID], lease.phase == .running(slot: slot.number) else { return }
        // All of it is computed: the results stand, however their process ended.
        guard !lease.uncomputed.isEmpty else { return conclude(message.leaseID, slot) }
        var victim: CellID?
        if case .cell(let cell, _) = step, lease.uncomputed.contains(cell) { victim = cell }
        let work = victim.map { "evaluating cell \($0)" } ?? "fitting"
        let isNearLimit = message.memoryLimit > 0 && slot.peakBytes > Int64(clamping: message.memoryLimit) / 10 * 9
        switch slot.verdict {
        case .unwanted: break
        case .timeout(let text): fail(lease, cell: victim, .timeout, text, isRetryable: true, log: tail)
        case .memory(let text): fail(lease, cell: victim, .memory, text, isRetryable: true, log: tail)
        case nil where isNearLimit:
            let text = "ended by \(ending) while \(work) with \(slot.peakBytes >> 20) MiB of memory"
            fail(lease, cell: victim, .memory, text, isRetryable: true, log: tail)
        case nil:
            let text = "the slot process ended by \(ending) while \(work)\(SlotErrorSummary(tail).reason)"
            fail(lease, cell: victim, .crash, text, isRetryable: true, log: tail)
        }
        guard let left = leases[message.leaseID]?.uncomputed, !left.isEmpty else {
            return conclude(message.leaseID, slot)
        }
        if phase == .working, lease.attempts < 3 {
            leases[message.leaseID]?.phase = .ready
        } else {
            leases[message.leaseID]?.phase = .computed
            giveBack(message.leaseID, left)
        }
    }

    /// Returns a lease that was queued at an ended slot and is not to blame.
    private func lose(_ id: LeaseID, _ slot: SupervisedSlot) {
        guard let lease = leases[id], [.running(slot: slot.number), .queued(slot: slot.number)].contains(lease.phase)
        else { return }
        if lease.uncomputed.isEmpty || phase != .working {
            leases[id]?.phase = .computed
            if lease.uncomputed.isEmpty { settle(id) } else { giveBack(id, lease.uncomputed) }
        } else {
            leases[id]?.phase = .ready
        }
    }
}
