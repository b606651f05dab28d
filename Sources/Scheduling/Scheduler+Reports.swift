package import RouteGridBase

/// The state of a cell and the reason, for `explain`.
package enum CellStanding: Hashable, Sendable {
    case recorded
    /// Not reached yet, or waiting for a worker: `reason` says what it waits for.
    case waiting(reason: String)
    /// A test cell that may not run yet, or never.
    case closed(reason: String)
    case leased(WorkerID, LeaseID, isRunning: Bool)
    case excepted(CellException)
    case noSuchCell
}

/// The counts of one run.
package struct RunCounts: Hashable, Sendable {
    package var state: RunState
    /// 1: cells that need no selection; 2: the selected ones too; nil: the run has no stages.
    package var stage: Int?
    /// Cells to record: all but the excluded ones; with stages, those that may run so far.
    package var cells: Int
    package var done: Int
    package var reused: Int
    package var leased: Int
    package var failed: Int
    package var quarantined: Int
    package var backingOff: Int
    package var priority: Int

    package var pending: Int { max(0, cells - done - leased - failed - quarantined - backingOff) }
}

extension Scheduler {
    package var runIDs: [RunID] { runs.keys.sorted() }
    package var workerIDs: [WorkerID] { workers.keys.sorted() }
    package var leaseCount: Int { leases.count }

    /// Who holds a lease; nil when there is no such lease (any more).
    package func worker(of lease: LeaseID) -> WorkerID? {
        leases[lease]?.worker ?? audits.leases[lease]?.worker
    }
    package func leases(of worker: WorkerID) -> [LeaseID] {
        let held = workers[worker]?.leases ?? []
        return byAge(held) + audits.byAge(held)
    }
    /// The cells that are left of a lease; none when there is no such lease (any more).
    package func cells(of lease: LeaseID) -> [CellID] {
        leases[lease]?.cells ?? audits.leases[lease]?.cells ?? []
    }

    package func counts(of id: RunID) -> RunCounts? {
        guard var counts = countsWithoutLeases(of: id) else { return nil }
        counts.leased = leases.values.reduce(0) { $0 + ($1.run == id ? $1.cells.count : 0) }
        return counts
    }

    /// The cells with an exception, and the exception of each.
    package func exceptions(of id: RunID) -> [(cell: CellID, exception: CellException)] {
        (runs[id]?.exceptions ?? [:]).sorted { $0.key < $1.key }.map { (cell: $0.key, exception: $0.value) }
    }

    package func standing(of cell: CellID, in id: RunID) -> CellStanding {
        guard let run = runs[id], run.space.allCells.contains(cell) else { return .noSuchCell }
        if run.done.contains(cell) { return .recorded }
        let number = run.space.group(ofCell: cell)
        for lease in byAge(run.groups[number]?.leases ?? []) {
            if let lease = leases[lease], lease.cells.contains(cell) {
                return .leased(lease.worker, lease.id, isRunning: lease.progress == .cell(cell))
            }
        }
        if let exception = run.exceptions[cell], exception.state != .retrying { return .excepted(exception) }
        if let reason = run.closedReason(of: cell) { return .closed(reason: reason) }
        switch run.state {
        case .paused: return .waiting(reason: "the run is paused")
        case .cancelled: return .waiting(reason: "the run was cancelled")
        case .stopped: return .waiting(reason: "the run was stopped: too many cells failed")
        case .finished, .active: break
        }
        if isStalled { return .waiting(reason: "the store cannot take results now") }
        if workers.isEmpty { return .waiting(reason: "no worker is connected") }
        if let obstacle = obstacle(of: id) { return .waiting(reason: obstacle) }
        let able = workers.values.filter { worker in
            worker.numerics.contains(run.policy.numerics) && run.policy.programs.isSubset(of: worker.programs)
        }
        if !able.contains(where: { $0.hasFreeCredit && hasRoom($0, for: run.policy.needs) }) {
            return .waiting(reason: "every able worker is busy")
        }
        let ahead = unfinished.contains { runs[$0].map { $0.policy.priority > run.policy.priority } ?? false }
        return .waiting(reason: ahead ? "runs of higher priority go first" : "other cells are granted first")
    }
}
