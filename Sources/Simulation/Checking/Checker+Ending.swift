import RouteGridBase
import Scheduling

extension Checker {
    /// The total-queue check, and the required final state of every cell.
    func finish(_ world: World, _ coordinator: SimulatedCoordinator) {
        let store = world.store
        for (key, value) in acknowledged where store.records[key] != value { world.report.lost += 1 }
        for (_, rows) in store.rows where rows != 1 { world.report.duplicated += 1 }
        let wanted = Set(store.runs.values.flatMap { run in run.wanted.map(run.grid.key) })
        for (key, value) in store.records {
            let isRight = world.scenario.divergenceRate > 0 || value == world.rightValue(of: key)
            if !wanted.contains(key) || !isRight { world.report.unexpected += 1 }
        }
        guard !hasFailed else { return }
        for (id, run) in store.runs.sorted(by: { $0.key < $1.key }) {
            let counts = coordinator.scheduler.counts(of: id)
            expect(counts?.state == run.state, "run \(id) is \(run.state) on disk and not in memory")
            expect(
                counts?.done == run.done.count,
                "run \(id) counts \(counts?.done ?? 0) records for \(run.done.count)"
            )
            switch run.state {
            case .finished: checkFinished(id, run, world)
            case .stopped: expect(run.policy.maxFails != nil, "run \(id) stopped without max_fails")
            case .cancelled:
                expect(world.asked.contains(.cancelRun(Int(id.rawValue) - 1)), "run \(id) was not cancelled by anybody")
            case .active, .paused: fail(["run \(id) is \(run.state) at the end"])
            }
        }
        for run in cancelled {
            expect(store.runs[run]?.state == .cancelled, "run \(run) was cancelled and is not any more")
        }
    }

    private func checkFinished(_ id: RunID, _ run: SimulatedStore.StoredRun, _ world: World) {
        expect(run.grid.deferredCount == 0 || run.selection != nil, "run \(id) finished without its second stage")
        for cell in run.wanted {
            let key = run.grid.key(ofCell: cell)
            let fate = world.fates[key] ?? .succeeds
            let isRecorded = world.store.records[key] != nil
            expect(!run.done.contains(cell) || isRecorded, "cell \(cell) of run \(id) is done and has no record")
            if run.done.contains(cell) {
                expect(run.exceptions[cell] == nil, "cell \(cell) of run \(id) is done and has an exception")
                continue
            }
            guard let exception = run.exceptions[cell], exception.isFinal else {
                fail(["cell \(cell) of finished run \(id) is neither recorded nor failed (\(fate))"])
                continue
            }
            if exception.state == .quarantined {
                expect(
                    exception.crashes == run.policy.crashLimit,
                    "cell \(cell): quarantined after \(exception.crashes) crashes"
                )
                continue
            }
            let failures = realFailures[CellName(run: id, cell: cell)] ?? 0
            expect(
                exception.attempts <= failures,
                "cell \(cell): \(exception.attempts) attempts counted for \(failures)"
            )
            if fate == .failsForGood(isRetryable: false) { continue }
            expect(
                exception.attempts == run.policy.retries + 1,
                "cell \(cell): failed after \(exception.attempts) attempts"
            )
        }
    }
}
