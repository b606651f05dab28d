import RouteGridBase

extension Scheduler {
    /// Grants what can be granted: first one lease to each worker that has none, then leases to prefetch.
    mutating func grantLeases() {
        mayGrant = false
        guard !isStalled, now >= graceEnd else { return }
        var unserved: [WorkerID] = []
        while isWorkAtHand, let id = withCredit.popFirst() {
            if !grant(to: id) { unserved.append(id) }
        }
        for id in unserved { updateFreeCredit(id) }
        mayGrant = false
    }

    private var isWorkAtHand: Bool {
        unfinished.contains { id in runs[id].map { $0.state == .active && $0.pendingCells > 0 } ?? false }
    }

    /// The runs a worker can work for, in the order they should be served: higher priority, then fewer leases, then the
    /// least recently served, then the older one.
    func candidates(for worker: WorkerEntry) -> [RunID] {
        var found: [(id: RunID, priority: Int, leases: Int, served: UInt64)] = []
        for id in unfinished {
            guard let run = runs[id], run.state == .active, run.pendingCells > 0,
                run.policy.programs.isSubset(of: worker.programs),
                worker.numerics.contains(run.policy.numerics), hasRoom(worker, for: run.policy.needs)
            else { continue }
            found.append((id, run.policy.priority, run.leaseCount, run.lastGrant))
        }
        return found.sorted { ($1.priority, $0.leases, $0.served, $0.id) < ($0.priority, $1.leases, $1.served, $1.id) }
            .map(\.id)
    }

    mutating func grant(to id: WorkerID) -> Bool {
        guard let worker = workers[id] else { return false }
        for run in candidates(for: worker) {
            guard let group = nextGroup(of: run, for: id) else { continue }
            grant(group: group, of: run, to: id)
            return true
        }
        return false
    }

    /// The group whose fit the worker has, else the first that no worker has, else the rest of another worker's.
    private mutating func nextGroup(of id: RunID, for worker: WorkerID) -> Int? {
        if let own = workers[worker]?.owned[id] {
            if let group = runs[id]?.groups[own], group.owner == worker, !group.pending.isEmpty { return own }
            workers[worker]?.owned[id] = nil
        }
        if let number = runs[id]?.popReady() { return number }
        return runs[id]?.owned.min()
    }

    private mutating func grant(group number: Int, of id: RunID, to worker: WorkerID) {
        counter += 1
        let fence = Fence(epoch: epoch, counter: counter)
        let lease = drawLeaseID()
        let size = runs[id].map { leaseSize($0, ofGroup: number) } ?? 0
        guard let cells = runs[id]?.take(size, ofGroup: number, lease: lease, for: worker) else { return }
        runs[id]?.lastGrant = fence.rawValue
        leases[lease] = Lease(id: lease, fence: fence, run: id, group: number, worker: worker, cells: cells, at: now)
        if workers[worker]?.leases.isEmpty == true { workers[worker]?.stepped = now }
        workers[worker]?.leases.insert(lease)
        workers[worker]?.owned[id] = number
        updateFreeCredit(worker)
        commands.append(.grant(worker, lease, fence, id, group: number, cells: cells))
    }

    /// As many cells as should take the target time, by the durations observed in this run.
    ///
    /// Fewer of the rest of a group with nothing behind it: an equal part for each lease that workers want, so that
    /// they end together.
    private func leaseSize(_ run: Run, ofGroup number: Int) -> Int {
        min(run.policy.leaseCells, suitedSize(run, ofGroup: number))
    }

    private func suitedSize(_ run: Run, ofGroup number: Int) -> Int {
        guard let milliseconds = run.duration.cellMilliseconds else { return configuration.maximumCells }
        let fitting = cells(taking: configuration.targetMilliseconds, of: milliseconds)
        guard run.isAtItsLastGroups, run.groups[number]?.isBegun == true else { return fitting }
        let part = run.pendingCells / max(1, wantedLeases)
        let least = max(configuration.leastMilliseconds, run.duration.fitMilliseconds ?? 0)
        return min(fitting, max(part, cells(taking: least, of: milliseconds)))
    }

    private func cells(taking time: Double, of milliseconds: Double) -> Int {
        let fitting = time / max(milliseconds, 0.001)
        return max(1, min(configuration.maximumCells, fitting < 1e6 ? Int(fitting) : configuration.maximumCells))
    }

    /// Removes a lease; its cells are the caller's responsibility.
    @discardableResult
    mutating func endLease(_ id: LeaseID) -> Lease? {
        guard let lease = leases.removeValue(forKey: id) else { return nil }
        workers[lease.worker]?.leases.remove(id)
        runs[lease.run]?.groups[lease.group]?.leases.remove(id)
        runs[lease.run]?.leaseCount -= 1
        updateFreeCredit(lease.worker)
        return lease
    }

    /// Ends a lease and returns its cells; blames what was running when its worker died.
    mutating func returnLease(_ id: LeaseID, blaming: Bool, text: String) {
        guard let lease = endLease(id) else { return }
        if blaming {
            switch lease.progress {
            case .notStarted, .unknown: break
            case .fit: for cell in lease.cells { crashed(lease.run, cell: cell, text: text) }
            case .cell(let cell) where lease.cells.contains(cell): crashed(lease.run, cell: cell, text: text)
            case .cell: break
            }
        }
        runs[lease.run]?.restore(lease.cells, toGroup: lease.group)
        mayGrant = true
    }

    mutating func sent(_ id: LeaseID) {
        audits.touch(id, at: now)
        guard leases[id]?.progress == .notStarted else { return }
        leases[id]?.seen = now
        leases[id]?.progressed = now
    }

    mutating func started(_ id: LeaseID, _ fence: Fence, cell: CellID?) {
        guard var lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        workers[lease.worker]?.stepped = now
        lease.seen = now
        if let cell {
            // After records, the time since the last one is not the fit's.
            if lease.progress == .fit, !lease.hasRecords {
                runs[lease.run]?.duration.observe(fit: now - lease.progressed)
            }
            if lease.cells.contains(cell) { lease.progress = .cell(cell) }
        } else {
            lease.progress = .fit
        }
        lease.progressed = now
        leases[id] = lease
    }

    /// Records of a lease that were committed together.
    private struct Arrival {
        let lease: LeaseID
        let since: Moment
        /// They are the first of the lease, and the time includes its fit.
        let isFirst: Bool
        var cells = 1
    }

    /// Records are on disk: their durations count from the last progress of their lease.
    mutating func committed(_ id: RunID, cells: [CellID]) {
        var arrivals: [Arrival] = []
        for cell in cells { committed(id, cell: cell, &arrivals) }
        for arrival in arrivals {
            let time = now - arrival.since
            if arrival.isFirst {
                runs[id]?.duration.observe(fitAndCells: arrival.cells, in: time)
            } else {
                runs[id]?.duration.observe(cells: arrival.cells, in: time)
            }
        }
    }

    private mutating func committed(_ id: RunID, cell: CellID, _ arrivals: inout [Arrival]) {
        guard let space = runs[id]?.space, space.allCells.contains(cell), isOpen(cell, in: id) else { return }
        // In place: a copy of the run would copy its tables with every record.
        if runs[id]?.record(cell) != nil { commands.append(.record(id, cell: cell, nil)) }
        let number = space.group(ofCell: cell)
        for lease in runs[id]?.groups[number]?.leases ?? [] where leases[lease]?.remove(cell) == true {
            note(lease, &arrivals)
            if let worker = leases[lease]?.worker { workers[worker]?.stepped = now }
            leases[lease]?.progressed = now
            leases[lease]?.seen = now
            leases[lease]?.hasRecords = true
            if leases[lease]?.cells.isEmpty == true { endLease(lease) }
        }
        runs[id]?.dropIfFinished(number)
    }

    private func note(_ id: LeaseID, _ arrivals: inout [Arrival]) {
        if let place = arrivals.firstIndex(where: { $0.lease == id }) {
            arrivals[place].cells += 1
        } else if let lease = leases[id] {
            let isFirst = !lease.hasRecords && [.fit, .notStarted].contains(lease.progress)
            arrivals.append(Arrival(lease: id, since: lease.progressed, isFirst: isFirst))
        }
    }

    mutating func released(_ id: LeaseID, _ fence: Fence, cells: [CellID]) {
        guard var lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        let returning = cells.isEmpty ? lease.cells : cells.filter { lease.cells.contains($0) }
        lease.cells.removeAll { returning.contains($0) }
        leases[id] = lease
        if lease.cells.isEmpty { endLease(id) }
        runs[lease.run]?.restore(returning, toGroup: lease.group)
        mayGrant = true
    }
}
