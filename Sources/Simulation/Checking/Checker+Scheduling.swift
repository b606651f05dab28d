import RouteGridBase
import Scheduling

extension Checker {
    /// Records what an event can change before the scheduler handles it.
    func before(_ event: SchedulerEvent, _ scheduler: Scheduler) {
        switch event {
        case .credit(let worker, let credit): credits[worker] = credit
        case .workerJoined(let worker, _, _, let offer, let held):
            gpus[worker] = offer.gpus
            for lease in held where leases[lease.lease].map({ !isLive(lease.lease, of: $0.worker, scheduler) }) ?? true
            {
                enter(lease.lease, lease.fence, worker, lease.run, lease.cells)
                lastStarted[lease.lease] = nil
            }
        case .started(let lease, let fence, let cell) where isThorough:
            guard let known = leases[lease], known.fence == fence else { return }
            guard let cell else {
                lastStarted[lease] = .fit
                return
            }
            if isLeased(cell, of: known.run, under: lease, scheduler) { lastStarted[lease] = .cell(cell) }
        case .failed(let lease, let fence, let cell, _, _, _):
            guard let known = leases[lease], known.fence == fence else { return isFailureLive = false }
            isFailureLive = cell.map { isLeased($0, of: known.run, under: lease, scheduler) } ?? true
        default: break
        }
    }

    private func isLive(_ lease: LeaseID, of worker: WorkerID, _ scheduler: Scheduler) -> Bool {
        scheduler.leases(of: worker).contains(lease)
    }

    private func isLeased(_ cell: CellID, of run: RunID, under lease: LeaseID, _ scheduler: Scheduler) -> Bool {
        guard case .leased(_, let holder, _) = scheduler.standing(of: cell, in: run) else { return false }
        return holder == lease
    }

    private func enter(_ lease: LeaseID, _ fence: Fence, _ worker: WorkerID, _ run: RunID, _ cells: [CellID]) {
        leases[lease] = (worker, run, Set(cells), fence)
        leasesOf[worker, default: []].insert(lease)
    }

    /// Checks the scheduler's commands.
    func after(
        _ event: SchedulerEvent,
        _ commands: [SchedulerCommand],
        _ scheduler: Scheduler,
        _ store: SimulatedStore
    ) {
        var lost: WorkerID?
        var isCounted = false
        for command in commands {
            switch command {
            case .grant(let worker, let lease, let fence, let run, _, let cells):
                expect(fence > lastFence, "fence \(fence) after fence \(lastFence)")
                lastFence = max(lastFence, fence)
                grants += 1
                // Between two checks a run may have been granted a lease and have none again.
                waitingSince[run] = nil
                expect(!cells.isEmpty, "an empty lease was granted")
                expect(!cancelled.contains(run), "a lease of the cancelled run \(run)")
                expect(!isStalled, "a lease while the disk is full")
                let isOpen = cells.allSatisfy { store.runs[run]?.mayRun($0) ?? false }
                expect(isOpen, "a lease of a test cell of run \(run) that is in no list on disk")
                let held = scheduler.leases(of: worker).count
                expect(held <= credits[worker] ?? 0, "\(held) leases for a credit of \(credits[worker] ?? 0)")
                let (has, needs) = (gpus[worker] ?? 0, store.runs[run]?.policy.needs.gpus ?? 0)
                expect(needs <= has, "a lease of run \(run), which needs \(needs) gpus, for a worker with \(has)")
                enter(lease, fence, worker, run, cells)
            case .workerLost(let worker): lost = worker
            case .record(let run, let cell, let exception):
                isCounted = true
                if isThorough { check(exception, of: CellName(run: run, cell: cell), event, lost) }
            default: break
            }
        }
        if case .failed(let lease, _, let cell, let kind, _, _) = event {
            if isFailureLive, cell != nil { expect(isCounted, "a failure of a leased cell was not counted") }
            if kind == .crash { lastStarted[lease] = nil }
        }
    }

    /// Checks that an exception adds exactly one crash or one failure, of a cell that is to blame.
    private func check(_ exception: CellException?, of name: CellName, _ event: SchedulerEvent, _ lost: WorkerID?) {
        let known = counters[name] ?? (0, 0)
        guard let exception else {
            counters[name] = nil
            return
        }
        counters[name] = (exception.crashes, exception.attempts)
        let crashes = exception.crashes - known.crashes
        let attempts = exception.attempts - known.attempts
        let text = "cell \(name.cell) of run \(name.run)"
        guard (crashes, attempts) == (1, 0) || (crashes, attempts) == (0, 1) else {
            return fail(["\(text): counters went from \(known) to \((exception.crashes, exception.attempts))"])
        }
        if case .failed(let lease, _, let cell, let kind, _, _) = event {
            expect((kind == .crash) == (crashes == 1), "\(text): a \(kind.rawValue) was counted as the other kind")
            let isNamed = cell == name.cell || cell == nil && leases[lease]?.cells.contains(name.cell) == true
            expect(isNamed && isFailureLive, "\(text): blamed for the failure of another, or of a lease that has ended")
            return
        }
        expect(crashes == 1, "\(text): an attempt was counted and nothing failed")
        let suspects = lost.flatMap { leasesOf[$0] } ?? []
        let isSuspect = suspects.contains { lease in
            leases[lease]?.run == name.run && leases[lease]?.cells.contains(name.cell) == true
                && (lastStarted[lease] == .fit || lastStarted[lease] == .cell(name.cell))
        }
        expect(isSuspect, "\(text): blamed for a crash, and it was not what ran")
    }

    /// Checks for runs that are starved by others, and for ended leases that were never revoked.
    func look(_ world: World, _ scheduler: Scheduler) {
        guard isThorough else { return }
        let runs = scheduler.runIDs.compactMap { id in scheduler.counts(of: id).map { (id: id, counts: $0) } }
        let active = runs.filter { $0.counts.state == .active && $0.counts.pending > 0 }
        let top = active.map(\.counts.priority).max() ?? 0
        for (id, counts) in runs {
            let waits = counts.state == .active && counts.pending > 0 && counts.leased == 0 && counts.priority == top
            guard waits, let policy = world.store.runs[id]?.policy, policy.numerics == "a", policy.needs.gpus == 0
            else {
                waitingSince[id] = nil
                continue
            }
            let since = waitingSince[id] ?? (world.now, grants)
            waitingSince[id] = since
            let isStarved = world.now - since.time > 10_000 && grants - since.grants > 40
            expect(!isStarved, "run \(id) waited 10 s while others got \(grants - since.grants) leases")
        }
        guard world.areFaultsOver else { return }
        for worker in world.workers where worker.isUp && worker.isKnown {
            for lease in worker.held where !lease.cells.isEmpty {
                let isLive = leases[lease.lease].map { self.isLive(lease.lease, of: $0.worker, scheduler) } ?? false
                let since = isLive ? world.now : deadSince[lease.lease] ?? world.now
                deadSince[lease.lease] = since
                expect(
                    world.now - since < 8_000,
                    "worker \(worker.index) runs lease \(lease.lease), which ended long ago"
                )
            }
        }
    }
}
