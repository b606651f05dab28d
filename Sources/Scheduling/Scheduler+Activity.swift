package import RouteGridBase

/// A lease as who watches a cluster sees it.
package struct LeaseActivity: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case waiting
        case fit
        case cell(CellID)
    }

    package let lease: LeaseID
    package let run: RunID
    package let group: Int
    package let worker: WorkerID
    package let step: Step
    /// Cells not recorded, failed or released yet.
    package let cells: Int
    /// Since the grant, and since the last step that was reported.
    package let heldMilliseconds: Int64
    package let stepMilliseconds: Int64
}

/// Counts over all runs and workers, in cells unless said otherwise.
package struct SchedulerTotals: Hashable, Sendable {
    /// Leases, and the cells in them that are not recorded yet.
    package var leases = 0
    package var leasedCells = 0
    /// Leases that connected workers would hold at once.
    package var wantedLeases = 0
    /// Workers that take no more leases.
    package var drainingWorkers = 0
    /// Cells in leases, by run.
    package var leased: [RunID: Int] = [:]
    /// Leases, by worker.
    package var held: [WorkerID: Int] = [:]
}

extension Scheduler {
    /// What is held, in one pass over leases and workers.
    package var totals: SchedulerTotals {
        var totals = SchedulerTotals()
        totals.leases = leases.count
        totals.wantedLeases = wantedLeases
        for lease in leases.values {
            totals.leasedCells += lease.cells.count
            totals.leased[lease.run, default: 0] += lease.cells.count
        }
        for (id, worker) in workers {
            totals.held[id] = worker.leases.count
            if worker.isDraining { totals.drainingWorkers += 1 }
        }
        return totals
    }

    /// The oldest leases of some workers, at most so many of each: those that its slots are computing.
    package func activity(of workers: [(worker: WorkerID, slots: Int)]) -> [LeaseActivity] {
        workers.flatMap { worker, slots -> [LeaseActivity] in
            let held = (self.workers[worker]?.leases ?? []).compactMap { leases[$0] }
            let begun = held.filter { $0.progress != .notStarted }.sorted { $0.id < $1.id }
            return begun.prefix(slots).map { lease in
                let step: LeaseActivity.Step =
                    switch lease.progress {
                    case .notStarted: .waiting
                    case .fit, .unknown: .fit
                    case .cell(let cell): .cell(cell)
                    }
                return LeaseActivity(
                    lease: lease.id,
                    run: lease.run,
                    group: lease.group,
                    worker: worker,
                    step: step,
                    cells: lease.cells.count,
                    heldMilliseconds: now - lease.granted,
                    stepMilliseconds: now - lease.progressed
                )
            }
        }
    }

    /// The counts of a run without its leases, which ``totals`` counts for all runs at once.
    package func countsWithoutLeases(of id: RunID) -> RunCounts? {
        guard let run = runs[id] else { return nil }
        var counts = RunCounts(
            state: run.state,
            stage: run.stage.number,
            cells: run.space.cellCount - run.space.excludedCount - run.space.deferredCount
                + (run.stage.admittedCount ?? run.space.deferredCount),
            done: run.done.count,
            reused: run.reusedCells,
            leased: 0,
            failed: 0,
            quarantined: 0,
            backingOff: 0,
            priority: run.policy.priority
        )
        for exception in run.exceptions.values {
            switch exception.state {
            case .failed: counts.failed += 1
            case .quarantined: counts.quarantined += 1
            case .backingOff: counts.backingOff += 1
            case .retrying: break
            }
        }
        return counts
    }
}
