import RouteGridBase

extension Scheduler {
    /// Cells that could be stolen from a lease, and the milliseconds that this saves.
    private struct StealCandidate {
        let lease: LeaseID
        let fence: Fence
        let cells: [CellID]
        let worth: Double
    }

    /// Gives idle workers cells that a busy one has not started, when running them takes longer than fitting again.
    ///
    /// At most one steal from a lease per tick.
    mutating func steal() {
        guard !withCredit.idle.isEmpty else { return }
        var booties = unfinished.isEmpty ? [] : stealCandidates()
        guard !booties.isEmpty else { return }
        for idleWorker in withCredit.idle.sorted() where !booties.isEmpty {
            guard let worker = workers[idleWorker], candidates(for: worker).isEmpty,
                let place = booties.lastIndex(where: { isFit(worker, for: $0) })
            else { continue }
            take(booties.remove(at: place))
            _ = grant(to: idleWorker)
        }
    }

    private func isFit(_ worker: WorkerEntry, for booty: StealCandidate) -> Bool {
        guard let run = leases[booty.lease]?.run, let policy = runs[run]?.policy else { return false }
        return worker.numerics.contains(policy.numerics) && policy.programs.isSubset(of: worker.programs)
            && hasRoom(worker, for: policy.needs)
    }

    /// What is worth stealing, the best last.
    private func stealCandidates() -> [StealCandidate] {
        leases.values.compactMap(booty(in:)).sorted {
            ($0.worth, $1.fence, $1.lease) < ($1.worth, $0.fence, $0.lease)
        }
    }

    private func booty(in lease: Lease) -> StealCandidate? {
        guard now - lease.granted > 500, let run = runs[lease.run], run.state == .active else { return nil }
        let fit = run.duration.fitMilliseconds ?? 0
        let cell = run.duration.cellMilliseconds ?? 0
        let free = lease.notStarted
        let cells: [CellID]
        let worth: Double
        if lease.progress == .notStarted, workers[lease.worker]?.leases.count ?? 0 > 1 {
            // It waits behind another lease: all of it can be stolen.
            cells = free
            worth = fit + cell * Double(cells.count)
        } else {
            cells = Array(free.suffix(free.count / 2))
            worth = cell * Double(cells.count) - fit
        }
        return cells.isEmpty || worth <= 200
            ? nil : StealCandidate(lease: lease.id, fence: lease.fence, cells: cells, worth: worth)
    }

    /// Returns stolen cells to their group and revokes them from the victim.
    private mutating func take(_ booty: StealCandidate) {
        guard var lease = leases[booty.lease] else { return }
        lease.cells.removeAll { booty.cells.contains($0) }
        lease.revoked += booty.cells
        leases[lease.id] = lease
        commands.append(.revoke(lease.worker, lease.id, lease.fence, cells: booty.cells))
        if lease.cells.isEmpty { endLease(lease.id) }
        runs[lease.run]?.restore(booty.cells, toGroup: lease.group)
    }
}
