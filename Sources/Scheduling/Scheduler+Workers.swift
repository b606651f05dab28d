import RouteGridBase

extension Scheduler {
    mutating func seen(_ id: WorkerID) { workers[id]?.seen = now }

    /// A worker sent a hello.
    ///
    /// Leases that it holds and no other worker has are kept or adopted; the others are revoked.
    mutating func join(
        _ id: WorkerID,
        numerics: Set<String>,
        programs: Set<String>,
        offer: WorkerResources,
        held: [HeldLease]
    ) {
        if workers[id] == nil {
            let entry = WorkerEntry(numerics: numerics, seen: now, stepped: now)
            workers[id] = entry
            workersByKey[entry.origin.key, default: 0] += 1
        }
        workers[id]?.numerics = numerics
        workers[id]?.programs = programs
        workers[id]?.offer = offer
        seen(id)
        for lease in held.sorted(by: { $0.lease < $1.lease }) {
            if let known = leases[lease.lease], known.worker == id {
                leases[lease.lease]?.seen = now
            } else if audits.leases[lease.lease]?.worker == id {
                audits.touch(lease.lease, at: now)
            } else if !adopt(lease, by: id) {
                commands.append(.revoke(id, lease.lease, lease.fence, cells: []))
            }
        }
        updateFreeCredit(id)
    }

    /// Adopts a lease of before a restart, for the cells that no other worker has.
    ///
    /// A fence that was never granted is refused: a later lease would get the same.
    private mutating func adopt(_ held: HeldLease, by worker: WorkerID) -> Bool {
        guard held.fence <= Fence(epoch: epoch, counter: counter) else { return false }
        guard leases[held.lease] == nil, let found = runs[held.run]?.adoptable(held) else { return false }
        let number = found.group
        let handedOut = cellsHandedOut(ofGroup: number, of: held.run)
        let cells = found.cells.filter { !handedOut.contains($0) }
        guard !cells.isEmpty else { return false }
        runs[held.run]?.adopt(cells, ofGroup: number, lease: held.lease)
        var lease = Lease(
            id: held.lease,
            fence: held.fence,
            run: held.run,
            group: number,
            worker: worker,
            cells: cells,
            at: now
        )
        lease.progress = .unknown
        lease.revoked = held.cells.filter { !cells.contains($0) }
        leases[held.lease] = lease
        workers[worker]?.leases.insert(held.lease)
        if !lease.revoked.isEmpty { commands.append(.revoke(worker, held.lease, held.fence, cells: lease.revoked)) }
        return true
    }

    mutating func heartbeat(_ id: WorkerID, named: [LeaseID]) {
        seen(id)
        guard workers[id] != nil else { return }
        for lease in named {
            if let known = leases[lease], known.worker == id {
                leases[lease]?.seen = now
                // Repeated with each heartbeat: an earlier revocation may have been lost.
                if !known.revoked.isEmpty { commands.append(.revoke(id, lease, known.fence, cells: known.revoked)) }
            } else if audits.leases[lease]?.worker == id {
                audits.touch(lease, at: now)
            } else {
                // Whatever its fence was.
                commands.append(.revoke(id, lease, Fence(0), cells: []))
            }
        }
    }

    /// Removes a worker and returns its cells.
    mutating func remove(_ id: WorkerID, blaming: Bool) {
        guard let worker = workers[id] else { return }
        for lease in byAge(worker.leases) { returnLease(lease, blaming: blaming, text: "its worker was lost") }
        returnAudits(of: worker)
        wantedLeases -= worker.credit
        uncount(worker.origin)
        workers[id] = nil
        withCredit.remove(id)
        // Of ended runs too: a retry may resume them.
        for run in runs.keys.sorted() {
            for number in runs[run]?.owned.sorted() ?? [] where runs[run]?.groups[number]?.owner == id {
                runs[run]?.queue(number)
            }
        }
        mayGrant = true
    }

    mutating func set(_ origin: ResultOrigin, of id: WorkerID, isTrusted: Bool) {
        guard let worker = workers[id] else { return }
        uncount(worker.origin)
        workersByKey[origin.key, default: 0] += 1
        workers[id]?.origin = origin
        workers[id]?.isTrusted = isTrusted
    }

    private mutating func uncount(_ origin: ResultOrigin) {
        let count = workersByKey[origin.key, default: 0] - 1
        workersByKey[origin.key] = count > 0 ? count : nil
    }

    mutating func updateFreeCredit(_ id: WorkerID) {
        guard let worker = workers[id], worker.hasFreeCredit else { return withCredit.remove(id) }
        withCredit.insert(id, isIdle: worker.leases.isEmpty)
        mayGrant = true
    }

    /// Whether a worker holds leases and has made no step for longer than any of them may take.
    private func isStuck(_ id: WorkerID) -> Bool {
        guard let worker = workers[id], !worker.leases.isEmpty, !isStalled else { return false }
        let idle = now - max(worker.stepped, timeoutsStart)
        // Most have made a step just now.
        guard idle > 10_000 else { return false }
        return worker.leases.allSatisfy { lease in
            let run = leases[lease]?.run ?? audits.leases[lease]?.run
            return run.flatMap { runs[$0]?.policy.idleMilliseconds }.map { idle > $0 } ?? true
        }
    }

    mutating func tick() {
        let limit = configuration.leaseMilliseconds
        for id in workers.filter({ now - max($0.value.seen, timeoutsStart) > limit }).keys.sorted() {
            commands.append(.workerLost(id))
            remove(id, blaming: true)
        }
        // It lives and does nothing: other workers get its cells. It greets again, with nothing.
        for id in workers.keys.filter(isStuck).sorted() {
            for lease in leases(of: id) {
                let fence = leases[lease]?.fence ?? audits.leases[lease]?.fence
                if let fence { commands.append(.revoke(id, lease, fence, cells: [])) }
            }
            commands.append(.workerLost(id))
            remove(id, blaming: false)
        }
        // The worker lives and does not name the lease: the grant was lost, and nothing is to blame.
        for id in byAge(leases.filter({ now - max($0.value.seen, timeoutsStart) > limit }).keys) {
            returnLease(id, blaming: false, text: "")
        }
        returnUnnamedAudits()
        for id in unfinished.sorted() { runs[id]?.wakeBackedOff(now) }
        mayGrant = true
        if now >= graceEnd, !isStalled {
            grantLeases()
            steal()
            grantAudits()
        }
    }
}
