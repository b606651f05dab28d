import RouteGridBase

/// Recorded cells that are computed again: idle workers get them, behind everything that is not recorded yet.
///
/// They have leases of their own, which no run counts: a run ends with its records, and audits of it go on.
extension Scheduler {
    /// Audit leases that one tick grants.
    private static let auditsAtOnce = 32

    /// Whether all connected workers have one key: then a second execution must be of another machine.
    package var sharesOneKey: Bool { workersByKey.count <= 1 }

    mutating func audit(_ task: AuditTask) {
        guard let run = runs[task.run], run.state != .cancelled, run.state != .stopped,
            run.space.allCells.contains(task.cell)
        else { return }
        audits.add(task, group: run.space.group(ofCell: task.cell))
    }

    /// A cell needs no more executions, or its record came again.
    mutating func audited(_ run: RunID, _ cell: CellID) {
        guard let ended = audits.remove(run, cell) else { return }
        endAudit(ended)
    }

    /// Gives idle workers what they may compute again.
    mutating func grantAudits() {
        guard audits.isWaiting else { return }
        var left = Self.auditsAtOnce
        for id in withCredit.idle.sorted() where left > 0 && audits.isWaiting {
            guard let worker = workers[id], candidates(for: worker).isEmpty else { continue }
            if grantAudit(to: id, worker) { left -= 1 }
        }
    }

    private mutating func grantAudit(to id: WorkerID, _ worker: WorkerEntry) -> Bool {
        for (run, need) in audits.lines where may(worker, work: need, of: run) {
            guard let (group, cells) = audits.next(of: run, need: need) else { continue }
            counter += 1
            let lease = AuditLease(
                id: drawLeaseID(),
                fence: Fence(epoch: epoch, counter: counter),
                run: run,
                worker: id,
                need: need,
                cells: Array(cells.prefix(min(configuration.maximumCells, runs[run]?.policy.leaseCells ?? 1))),
                seen: now
            )
            audits.grant(lease)
            workers[id]?.stepped = now
            workers[id]?.leases.insert(lease.id)
            updateFreeCredit(id)
            commands.append(.grant(id, lease.id, lease.fence, run, group: group, cells: lease.cells))
            return true
        }
        return false
    }

    private func may(_ worker: WorkerEntry, work need: AuditTask.Need, of id: RunID) -> Bool {
        guard let run = runs[id], run.state != .paused, run.policy.programs.isSubset(of: worker.programs),
            worker.numerics.contains(run.policy.numerics), hasRoom(worker, for: run.policy.needs)
        else { return false }
        return switch need {
        case .independent(let other): worker.origin.isIndependent(of: other, sharesOneKey: sharesOneKey)
        case .trusted: worker.isTrusted
        }
    }

    // MARK: What workers say of them

    mutating func auditStarted(_ id: LeaseID, _ fence: Fence) {
        guard let lease = audits.leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        workers[lease.worker]?.stepped = now
        audits.touch(id, at: now)
    }

    mutating func auditFailed(_ id: LeaseID, _ fence: Fence, cell: CellID?) {
        returnAudit(id, fence, cell.map { [$0] }, hasFailed: true)
    }

    mutating func auditReleased(_ id: LeaseID, _ fence: Fence, cells: [CellID]) {
        returnAudit(id, fence, cells.isEmpty ? nil : cells, hasFailed: false)
    }

    private mutating func returnAudit(_ id: LeaseID, _ fence: Fence, _ cells: [CellID]?, hasFailed: Bool) {
        guard let lease = audits.leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        workers[lease.worker]?.stepped = now
        returnAudit(lease, cells, hasFailed: hasFailed)
    }

    private mutating func returnAudit(_ lease: AuditLease, _ cells: [CellID]? = nil, hasFailed: Bool) {
        guard let first = lease.cells.first, let group = runs[lease.run]?.space.group(ofCell: first) else { return }
        if audits.return(lease.id, cells, hasFailed: hasFailed, group: group) { endAudit(lease.id) }
    }

    // MARK: Ends

    private mutating func endAudit(_ id: LeaseID) {
        guard let lease = audits.end(id) else { return }
        workers[lease.worker]?.leases.remove(id)
        updateFreeCredit(lease.worker)
    }

    /// Returns what a worker that is gone was to compute again.
    mutating func returnAudits(of worker: WorkerEntry) {
        for id in audits.byAge(worker.leases) {
            if let lease = audits.leases[id] { returnAudit(lease, hasFailed: true) }
        }
    }

    /// Returns leases that their workers do not name.
    mutating func returnUnnamedAudits() {
        let limit = configuration.leaseMilliseconds
        for id in audits.byAge(audits.leases.filter({ now - max($0.value.seen, timeoutsStart) > limit }).keys) {
            if let lease = audits.leases[id] { returnAudit(lease, hasFailed: false) }
        }
    }

    /// Ends the audits of a run that was cancelled or stopped.
    mutating func endAudits(of run: RunID) {
        guard !audits.isEmpty else { return }
        for id in audits.byAge(audits.leases.filter({ $0.value.run == run }).keys) {
            guard let lease = audits.leases[id] else { continue }
            commands.append(.revoke(lease.worker, id, lease.fence, cells: []))
            endAudit(id)
        }
        audits.forget(run)
    }

    /// What must hold of audits after every event; the violations, in words.
    func checkAudits() -> [String] {
        var broken = audits.checkInvariants()
        for (id, lease) in audits.leases where workers[lease.worker]?.leases.contains(id) != true {
            broken.append("audit lease \(id) is not in its worker's list")
        }
        var counted: [String: Int] = [:]
        for worker in workers.values { counted[worker.origin.key, default: 0] += 1 }
        if counted != workersByKey { broken.append("workers are miscounted by key") }
        return broken
    }
}
