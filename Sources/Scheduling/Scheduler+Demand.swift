package import RouteGridBase

extension Scheduler {
    /// The work that workers could do now.
    ///
    /// Takes time in proportion to leases, workers and reached groups, not to cells.
    ///
    /// - Parameter slots: how many slots a worker has.
    /// - Returns: a part for each active run, in their order.
    package func demand(slots: (WorkerID) -> Int) -> WorkDemand {
        var demand = WorkDemand(isStalled: isStalled)
        for (id, worker) in workers where !worker.isDraining {
            let count = slots(id)
            demand.slots += count
            demand.idleSlots += max(0, count - worker.leases.count)
        }
        var held: [RunID: [Lease]] = [:]
        for lease in leases.values { held[lease.run, default: []].append(lease) }
        for id in unfinished.sorted() {
            guard let run = runs[id], run.state == .active, let counts = counts(of: id) else { continue }
            demand.parts.append(part(id, run, counts, leases: held[id] ?? []))
        }
        return demand
    }

    private func part(_ id: RunID, _ run: Run, _ counts: RunCounts, leases: [Lease]) -> WorkDemand.Part {
        let measuring = leases.filter { $0.group >= run.space.firstMeasurement }
        let waiting = counts.pending + counts.backingOff
        let measurements = run.hasReachedMeasurements ? waiting : min(waiting, run.measurementCount)
        // What was not looked up yet may be recorded.
        let reached = run.pendingCells + counts.backingOff
        let keepsUp = run.lookedUp.isEmpty || run.pendingCells * 2 >= configuration.readyCells
        let cells = min(waiting - measurements, keepsUp ? Int.max : reached)
        let computing = leases.filter { $0.group < run.space.firstMeasurement }
        var part = WorkDemand.Part(
            run: id,
            numerics: run.policy.numerics,
            cells: cells,
            leasedCells: computing.reduce(0) { $0 + $1.cells.count },
            groups: run.groupsLeft(cells: cells, withMeasurements: run.hasReachedMeasurements),
            measurements: measurements + measuring.reduce(0) { $0 + $1.cells.count }
        )
        (part.fitSeconds, part.cellSeconds) = times(run, computing)
        return part
    }

    /// Observed times in seconds.
    ///
    /// What runs now for longer than anything observed has taken that long at least.
    private func times(_ run: Run, _ leases: [Lease]) -> (fit: Double?, cell: Double?) {
        var (fit, cell) = (run.duration.fitMilliseconds, run.duration.cellMilliseconds)
        for lease in leases {
            let age = Double(now - lease.progressed)
            switch lease.progress {
            case .fit where !lease.hasRecords: fit = max(fit ?? 0, age)
            case .cell where cell == nil: cell = age
            default: break
            }
        }
        return (fit.map { $0 / 1_000 }, cell.map { $0 / 1_000 })
    }
}

extension Run {
    /// Whether all that is left are measurements of latency.
    fileprivate var hasReachedMeasurements: Bool {
        let first = space.firstMeasurement
        return first < space.groupCount && cursor >= first && lookedUp.allSatisfy { $0 >= first }
            && groups.keys.allSatisfy { $0 >= first }
    }

    fileprivate var measurementCount: Int {
        let first = space.firstMeasurement
        return first < space.groupCount ? space.cellCount - space.cells(ofGroup: first).lowerBound.rawValue : 0
    }

    /// Groups with cells that wait or are leased, at most: those that were reached, and as many of the others as there
    /// are cells for.
    fileprivate func groupsLeft(cells: Int, withMeasurements isMeasuring: Bool) -> Int {
        guard !isMeasuring else { return 0 }
        let reached = groups.values.count { !$0.pending.isEmpty || !$0.leases.isEmpty || $0.backingOff > 0 }
        let beyond = max(0, min(space.firstMeasurement - cursor, cells - pendingCells))
        return reached + beyond
    }
}
