import RouteGridBase

/// A fault or an intervention that hits the cluster at one moment.
enum Fault: Hashable {
    case coordinatorCrash(down: Int64)
    case coordinatorPause(Int64)
    /// The coordinator's clock jumps; backwards too, though a steady clock does not.
    case clockJump(Int64)
    case diskFull(Int64)
    case workerCrash(Int, down: Int64)
    case workerPause(Int, Int64)
    /// An orderly leave and a later restart.
    case workerLeave(Int, down: Int64)
    /// Messages of these workers, both ways, are lost, or delayed until it ends.
    case partition(Set<Int>, Int64, loses: Bool)
    /// The connections of these workers break.
    ///
    /// They reconnect without being notified.
    case reset(Set<Int>)
    case pauseRun(Int, Int64)
    case cancelRun(Int)
    case priority(Int, Int)
    case retry(Int)
    case submit

    static func draw(
        for scenario: Scenario,
        _ options: SimulationOptions,
        using random: inout Xoshiro256
    ) -> [(at: Int64, fault: Fault)] {
        var found: [(at: Int64, fault: Fault)] = []
        let end = Int(scenario.faultsEnd)
        func span(_ most: Int) -> Int64 { Int64(100 + random.below(most)) }
        func some(_ workers: Int) -> Set<Int> {
            Set((0..<1 + random.below(workers)).map { _ in random.below(workers) })
        }
        func add(atMost count: Int, _ make: () -> Fault) {
            for _ in 0..<random.below(count + 1) {
                let at = Int64(random.below(end))
                found.append((at, make()))
            }
        }
        let workers = scenario.workers
        if options.crash == nil { add(atMost: 4) { .coordinatorCrash(down: span(4_000)) } }
        add(atMost: 1) { .coordinatorPause(span(9_000)) }
        add(atMost: 1) { .clockJump(Int64(random.below(40_000)) - 10_000) }
        add(atMost: 2) { .diskFull(span(6_000)) }
        add(atMost: min(30, 2 * workers)) { .workerCrash(random.below(workers), down: span(5_000)) }
        add(atMost: min(10, workers)) { .workerPause(random.below(workers), span(9_000)) }
        add(atMost: 2) { .workerLeave(random.below(workers), down: span(3_000)) }
        add(atMost: 3) {
            .partition(some(workers), span(9_000), loses: random.below(2) == 0)
        }
        if scenario.isConnected { add(atMost: 3) { .reset(some(workers)) } }
        add(atMost: 1) { .pauseRun(random.below(2), span(5_000)) }
        if random.below(6) == 0 { add(atMost: 1) { .cancelRun(random.below(2)) } }
        add(atMost: 1) { .priority(random.below(2), random.below(5)) }
        add(atMost: 1) { .retry(random.below(2)) }
        add(atMost: 1) { .submit }
        return found.sorted { $0.at < $1.at }
    }
}
