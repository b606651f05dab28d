import Coordinator
import RouteGridBase

extension SimulatedCoordinator {
    /// Sends the next batch to disk, unless one is on its way.
    func commitIfIdle() {
        guard inFlight == nil, !isProbing, !isStalled, !waiting.isEmpty else { return }
        let batch = waiting
        waiting = Batch()
        inFlight = (batch, nil, world.isDiskFull)
        if world.mutation == .splitsCommit {
            for case .result(let result) in batch.writes { world.store.mark(result.run, result.cell) }
        }
        world.commitsBegun += 1
        if let crash = world.options.crash, !crash.isAfter, crash.commit == world.commitsBegun - 1 { return crashNow() }
        let range = world.scenario.commitMilliseconds
        world.plan(.written(life: life), in: Int64(range.lowerBound + world.random.below(range.count)))
    }

    /// The disk answers; the loop hears of it a little later.
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
        if isProbing { return probeReturned() }
        guard let flight = inFlight else { return }
        inFlight = nil
        if let verdicts = flight.verdicts {
            acknowledge(flight.batch, verdicts)
        } else {
            stall(flight.batch)
        }
        commitIfIdle()
    }

    private func acknowledge(_ batch: Batch, _ verdicts: [Verdict]) {
        var replies: [Route: [Int]] = [:]
        var order: [Route] = []
        for (receipt, verdict) in zip(batch.receipts, verdicts) {
            if replies[receipt.route] == nil { order.append(receipt.route) }
            let shift = world.mutation == .answersTheWrongKey ? 1 : 0
            replies[receipt.route, default: []].append(receipt.result.key + shift)
            var cell = receipt.result.cell
            if verdict == .equal, world.mutation == .countsResendsTwice { cell += 1 }
            handle(.committed(receipt.result.run, cell: cell))
            if verdict != .new { world.report.recovered += 1 }
        }
        for route in order { world.send(.committed(keys: replies[route] ?? []), to: route) }
        for run in batch.cancelled { world.checker.cancelAcknowledged(run) }
        for (run, cells) in batch.selected {
            let all = world.store.runs[run]?.grid.deferred ?? []
            handle(.selected(run, cells: CellBitmap(world.mutation == .leasesUnselected ? all.sorted() : cells)))
        }
    }

    /// The disk is full: results are dropped, their workers keep them; everything else waits.
    private func stall(_ batch: Batch) {
        isStalled = true
        var kept = Batch()
        kept.writes = (batch.writes + waiting.writes).filter { if case .result = $0 { false } else { true } }
        kept.cancelled = batch.cancelled + waiting.cancelled
        kept.selected = batch.selected + waiting.selected
        waiting = kept
        if world.mutation != .hidesStall { handle(.storeStalled(true)) }
        world.checker.isStalled = true
    }

    func probe() {
        world.plan(.probe(life: life), in: 1_000)
        guard isStalled, inFlight == nil, !isProbing else { return }
        isProbing = true
        world.plan(.commitReturned(life: life), in: 5)
    }

    private func probeReturned() {
        isProbing = false
        guard !world.isDiskFull else { return }
        isStalled = false
        world.checker.isStalled = false
        handle(.storeStalled(false))
        // Workers that are told so greet again, and send again what was dropped meanwhile.
        if world.mutation != .forgetsStalledResults {
            for route in peers.sorted(by: { $0.key < $1.key }).map(\.value) { world.send(.unknown, to: route) }
        }
        commitIfIdle()
    }
}
