import RouteGridBase
import Scheduling

extension SimulatedCoordinator {
    /// Sends the next batch to disk, unless one is being written.
    func commitIfIdle() {
        guard let batch = commits.begin() else { return }
        inFlight = (batch, nil, world.isDiskFull)
        if world.mutation == .splitsCommit {
            for case .result(let result) in batch.changes { world.store.mark(result.run, result.cell) }
        }
        world.commitsBegun += 1
        if let crash = world.options.crash, !crash.isAfter, crash.commit == world.commitsBegun - 1 { return crashNow() }
        let range = world.scenario.commitMilliseconds
        world.plan(.written(life: life), in: Int64(range.lowerBound + world.random.below(range.count)))
    }

    /// The disk answers; the answer reaches the loop a little later.
    func written() {
        guard let flight = inFlight else { return }
        if !flight.isRefused {
            inFlight?.verdicts = world.write(flight.batch)
            if let crash = world.options.crash, crash.isAfter, crash.commit == world.store.commits - 1 {
                return crashNow()
            }
        }
        world.plan(.commitReturned(life: life), in: Int64(world.random.below(3)))
    }

    private func crashNow() { crash(down: 700) }

    func commitReturned() {
        if commits.state == .probing { return probeReturned() }
        guard let flight = inFlight else { return }
        inFlight = nil
        if let verdicts = flight.verdicts {
            commits.written()
            acknowledge(flight.batch, verdicts)
        } else {
            stall(flight.batch)
        }
        commitIfIdle()
    }

    private func acknowledge(_ batch: Commits.Batch, _ verdicts: [CommitVerdict]) {
        var receipts = batch.receipts
        if world.mutation == .countsResendsTwice {
            for (place, verdict) in verdicts.enumerated() where verdict == .equal {
                receipts[place].cells[0] = receipts[place].cells[0].next
            }
        }
        world.report.recovered += verdicts.count { $0 != .new }
        let settlement = CommitSettlement(receipts, verdicts)
        for event in settlement.events { handle(event) }
        let shift = world.mutation == .answersTheWrongKey ? 1 : 0
        for reply in settlement.replies {
            world.send(.committed(keys: reply.keys.map { $0 + shift }), to: reply.route)
        }
        for answer in batch.answers { give(answer) }
    }

    private func give(_ answer: Answer) {
        switch answer {
        case .cancelled(let run): world.checker.cancelAcknowledged(run)
        case .selected(let run, let cells):
            let all = world.store.runs[run]?.grid.deferred ?? []
            handle(.selected(run, cells: CellBitmap(world.mutation == .leasesUnselected ? all.sorted() : cells)))
        case .granted(let worker, let lease, let fence, let grant): granted(worker, lease, fence, grant)
        }
    }

    /// The disk is full: workers keep their results, everything else waits.
    private func stall(_ batch: Commits.Batch) {
        if world.mutation == .acknowledgesRefused {
            acknowledge(batch, batch.receipts.map { _ in .new })
        }
        commits.refused(batch)
        if world.mutation == .dropsChangesOnStall { commits = Self.stalled() }
        if world.mutation != .omitsStallEvent { handle(.storeStalled(true)) }
        world.checker.isStalled = true
    }

    /// A queue in which nothing waits.
    private static func stalled() -> Commits {
        var commits = Commits()
        commits.add(.reused(RunID(0), cells: []))
        if commits.begin() != nil { commits.refused(Commits.Batch()) }
        return commits
    }

    func probe() {
        world.plan(.probe(life: life), in: 1_000)
        guard commits.beginProbe() else { return }
        world.plan(.commitReturned(life: life), in: 5)
    }

    private func probeReturned() {
        commits.probed(isWritable: !world.isDiskFull)
        guard !world.isDiskFull else { return }
        world.checker.isStalled = false
        handle(.storeStalled(false))
        // Workers answer with a hello, and send again what was dropped meanwhile.
        if world.mutation != .forgetsStalledResults {
            for route in peers.sorted(by: { $0.key < $1.key }).map(\.value) { world.send(.unknown, to: route) }
        }
        commitIfIdle()
    }
}
