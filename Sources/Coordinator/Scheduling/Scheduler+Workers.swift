import HeapModule

extension Scheduler {
    mutating func seen(_ id: WorkerID) { workers[id]?.seen = now }

    /// A worker said hello.
    ///
    /// Leases that it holds and nobody else has go on; those that are gone are revoked.
    mutating func join(_ id: WorkerID, numerics: Set<String>, held: [HeldLease]) {
        if workers[id] == nil { workers[id] = WorkerEntry(numerics: numerics, seen: now) }
        workers[id]?.numerics = numerics
        seen(id)
        for lease in held.sorted(by: { $0.lease < $1.lease }) {
            if let known = leases[lease.lease], known.worker == id {
                leases[lease.lease]?.seen = now
            } else if !adopt(lease, by: id) {
                commands.append(.revoke(id, lease.lease, lease.fence, cells: []))
            }
        }
        updateHunger(id)
    }

    /// Continues a lease of the coordinator's earlier life, for the cells that are still nobody's.
    private mutating func adopt(_ held: HeldLease, by worker: WorkerID) -> Bool {
        guard leases[held.lease] == nil, var run = runs[held.run], !run.state.isOver, let first = held.cells.first,
            held.cells.allSatisfy({ (0..<run.space.cellCount).contains($0) })
        else { return false }
        let number = run.space.group(ofCell: first)
        let range = run.space.cells(ofGroup: number)
        var group = run.groups[number] ?? Run.Group(isResolved: number < run.cursor)
        let handedOut = Set(group.leases.flatMap { leases[$0]?.cells ?? [] })
        let cells = held.cells.sorted().filter {
            range.contains($0) && !handedOut.contains($0) && !run.done.contains($0) && !run.isExcepted($0)
        }
        guard !cells.isEmpty else { return false }
        let before = group.pending.count
        group.pending.removeAll { cells.contains($0) }
        run.pendingCells -= before - group.pending.count
        group.leases.insert(held.lease)
        run.groups[number] = group
        run.leaseCount += 1
        runs[held.run] = run
        var lease = Lease(
            id: held.lease,
            fence: held.fence,
            run: held.run,
            group: number,
            worker: worker,
            cells: cells,
            at: now
        )
        lease.progress = .fit
        leases[held.lease] = lease
        workers[worker]?.leases.insert(held.lease)
        let dropped = held.cells.filter { !cells.contains($0) }
        if !dropped.isEmpty { commands.append(.revoke(worker, held.lease, held.fence, cells: dropped)) }
        return true
    }

    mutating func heartbeat(_ id: WorkerID, named: [LeaseID]) {
        seen(id)
        guard workers[id] != nil else { return }
        for lease in named {
            if leases[lease]?.worker == id {
                leases[lease]?.seen = now
            } else {
                commands.append(.revoke(id, lease, Fence(lease.rawValue), cells: []))
            }
        }
    }

    /// Takes a worker away and returns what it held.
    mutating func remove(_ id: WorkerID, blaming: Bool) {
        guard let worker = workers[id] else { return }
        for lease in worker.leases.sorted() { returnLease(lease, blaming: blaming, text: "its worker was lost") }
        workers[id] = nil
        hungry.remove(id)
        for run in unfinished.sorted() {
            for number in runs[run]?.owned.sorted() ?? [] where runs[run]?.groups[number]?.owner == id {
                runs[run]?.queue(number)
            }
        }
        mayGrant = true
    }

    mutating func updateHunger(_ id: WorkerID) {
        if workers[id]?.isHungry == true {
            hungry.insert(id)
            mayGrant = true
        } else {
            hungry.remove(id)
        }
    }

    mutating func tick() {
        let limit = configuration.leaseMilliseconds
        for id in workers.filter({ now - $0.value.seen > limit }).keys.sorted() {
            commands.append(.workerLost(id))
            remove(id, blaming: true)
        }
        // The worker lives and does not name the lease: the grant was lost on its way, and nothing is to blame.
        for id in leases.filter({ now - $0.value.seen > limit }).keys.sorted() {
            returnLease(id, blaming: false, text: "")
        }
        for id in unfinished.sorted() { wakeBackedOff(id) }
        mayGrant = true
        if now >= graceEnd, !isStalled {
            grantLeases()
            steal()
        }
    }

    private mutating func wakeBackedOff(_ id: RunID) {
        guard var run = runs[id] else { return }
        while let next = run.backoff.min, next.until <= now {
            run.backoff.removeMin()
            guard run.exceptions[next.cell]?.state == .backingOff, run.exceptions[next.cell]?.until == next.until else {
                continue
            }
            run.exceptions[next.cell]?.state = .retrying
            run.exceptions[next.cell]?.until = nil
            let number = run.space.group(ofCell: next.cell)
            run.groups[number]?.backingOff -= 1
            run.restore([next.cell], toGroup: number)
        }
        runs[id] = run
    }
}
