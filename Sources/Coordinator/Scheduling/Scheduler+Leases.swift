extension Scheduler {
    /// Hands out what can be handed out: first one lease to each worker that has none, then what they hold ahead.
    mutating func grantLeases() {
        mayGrant = false
        guard !isStalled, now >= graceEnd, !hungry.isEmpty else { return }
        for id in hungry.sorted() where workers[id]?.leases.isEmpty == true { _ = grant(to: id) }
        for id in hungry.sorted() {
            while workers[id]?.isHungry == true, grant(to: id) {}
        }
    }

    /// The runs a worker can work for, the one that should be served first in front: higher priority, then the one that
    /// holds fewer leases, then the older one.
    private func candidates(for worker: WorkerEntry) -> [RunID] {
        var found: [(id: RunID, priority: Int, leases: Int)] = []
        for id in unfinished {
            guard let run = runs[id], run.state == .active, run.pendingCells > 0,
                worker.numerics.contains(run.policy.numerics)
            else { continue }
            found.append((id, run.policy.priority, run.leaseCount))
        }
        return found.sorted { ($1.priority, $0.leases, $0.id) < ($0.priority, $1.leases, $1.id) }.map(\.id)
    }

    private mutating func grant(to id: WorkerID) -> Bool {
        guard let worker = workers[id] else { return false }
        for run in candidates(for: worker) {
            guard let group = nextGroup(of: run, for: id) else { continue }
            grant(group: group, of: run, to: id)
            return true
        }
        return false
    }

    /// The group whose fit the worker has, else the first that nobody has, else the rest of somebody else's.
    private mutating func nextGroup(of id: RunID, for worker: WorkerID) -> Int? {
        if let own = workers[worker]?.owned[id] {
            if let group = runs[id]?.groups[own], group.owner == worker, !group.pending.isEmpty { return own }
            workers[worker]?.owned[id] = nil
        }
        if let number = runs[id]?.popReady() { return number }
        return runs[id]?.owned.min()
    }

    private mutating func grant(group number: Int, of id: RunID, to worker: WorkerID) {
        guard let run = runs[id] else { return }
        counter += 1
        let fence = Fence(epoch: epoch, counter: counter)
        let lease = LeaseID(fence.rawValue)
        let size = leaseSize(run)
        guard let cells = runs[id]?.take(size, ofGroup: number, lease: lease, for: worker) else { return }
        leases[lease] = Lease(id: lease, fence: fence, run: id, group: number, worker: worker, cells: cells, at: now)
        workers[worker]?.leases.insert(lease)
        workers[worker]?.owned[id] = number
        updateHunger(worker)
        commands.append(.grant(worker, lease, fence, id, group: number, cells: cells))
    }

    /// As many cells as should take the target time, by what was seen of this run.
    private func leaseSize(_ run: Run) -> Int {
        guard let milliseconds = run.duration.cellMilliseconds else { return configuration.maximumCells }
        let fitting = configuration.targetMilliseconds / max(milliseconds, 0.001)
        return max(1, min(configuration.maximumCells, fitting < 1e6 ? Int(fitting) : configuration.maximumCells))
    }

    /// Forgets a lease; its cells are the caller's business.
    @discardableResult
    mutating func endLease(_ id: LeaseID) -> Lease? {
        guard let lease = leases.removeValue(forKey: id) else { return nil }
        workers[lease.worker]?.leases.remove(id)
        runs[lease.run]?.groups[lease.group]?.leases.remove(id)
        runs[lease.run]?.leaseCount -= 1
        updateHunger(lease.worker)
        return lease
    }

    /// Ends a lease and puts its cells back; blames what was running when its worker died.
    mutating func returnLease(_ id: LeaseID, blaming: Bool, text: String) {
        guard let lease = endLease(id) else { return }
        if blaming {
            switch lease.progress {
            case .notStarted: break
            case .fit: for cell in lease.cells { crashed(lease.run, cell: cell, text: text) }
            case .cell(let cell) where lease.cells.contains(cell): crashed(lease.run, cell: cell, text: text)
            case .cell: break
            }
        }
        runs[lease.run]?.restore(lease.cells, toGroup: lease.group)
        mayGrant = true
    }

    mutating func started(_ id: LeaseID, _ fence: Fence, cell: Int?) {
        guard var lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        lease.seen = now
        if let cell {
            if lease.progress == .fit { runs[lease.run]?.duration.observe(fit: now - lease.progressed) }
            if lease.cells.contains(cell) { lease.progress = .cell(cell) }
        } else {
            lease.progress = .fit
        }
        lease.progressed = now
        leases[id] = lease
    }

    mutating func committed(_ id: RunID, cell: Int) {
        guard var run = runs[id], (0..<run.space.cellCount).contains(cell) else { return }
        run.done.insert(cell)
        if let exception = run.exceptions.removeValue(forKey: cell) {
            if exception.isFinal { run.failedCells -= 1 }
            if exception.state == .backingOff { run.groups[run.space.group(ofCell: cell)]?.backingOff -= 1 }
            commands.append(.record(id, cell: cell, nil))
        }
        run.removePending(cell)
        runs[id] = run
        let number = run.space.group(ofCell: cell)
        for lease in run.groups[number]?.leases ?? [] where leases[lease]?.remove(cell) == true {
            if let since = leases[lease]?.progressed { runs[id]?.duration.observe(cell: now - since) }
            leases[lease]?.progressed = now
            leases[lease]?.seen = now
            if leases[lease]?.cells.isEmpty == true { endLease(lease) }
        }
        runs[id]?.dropIfFinished(number)
    }

    mutating func released(_ id: LeaseID, _ fence: Fence, cells: [Int]) {
        guard var lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        let returning = cells.isEmpty ? lease.cells : cells.filter { lease.cells.contains($0) }
        lease.cells.removeAll { returning.contains($0) }
        leases[id] = lease
        if lease.cells.isEmpty { endLease(id) }
        runs[lease.run]?.restore(returning, toGroup: lease.group)
        mayGrant = true
    }

    /// Gives idle workers cells that a busy one has not begun, when that takes longer than fitting anew.
    mutating func steal() {
        for thief in hungry.sorted() where workers[thief]?.leases.isEmpty == true {
            guard let worker = workers[thief], candidates(for: worker).isEmpty, let (victim, cells) = booty(for: worker)
            else { continue }
            guard var lease = leases[victim] else { continue }
            lease.cells.removeAll { cells.contains($0) }
            leases[victim] = lease
            commands.append(.revoke(lease.worker, lease.id, lease.fence, cells: cells))
            if lease.cells.isEmpty { endLease(victim) }
            runs[lease.run]?.restore(cells, toGroup: lease.group)
            _ = grant(to: thief)
        }
    }

    private func booty(for thief: WorkerEntry) -> (LeaseID, [Int])? {
        var best: (lease: LeaseID, cells: [Int], worth: Double)?
        for lease in leases.values.sorted(by: { $0.id < $1.id }) {
            guard let run = runs[lease.run], run.state == .active, thief.numerics.contains(run.policy.numerics),
                now - lease.granted > 500
            else { continue }
            let fit = run.duration.fitMilliseconds ?? 0
            let cell = run.duration.cellMilliseconds ?? 0
            let cells: [Int]
            let worth: Double
            if lease.progress == .notStarted, workers[lease.worker]?.leases.count ?? 0 > 1 {
                // It waits behind another lease: all of it can go.
                cells = lease.cells
                worth = fit + cell * Double(cells.count)
            } else {
                cells = Array(lease.notStarted.suffix(lease.notStarted.count / 2))
                worth = cell * Double(cells.count) - fit
            }
            if !cells.isEmpty, worth > 200, worth > best?.worth ?? 0 { best = (lease.id, cells, worth) }
        }
        return best.map { ($0.lease, $0.cells) }
    }
}
