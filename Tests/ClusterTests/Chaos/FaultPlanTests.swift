import ClusterTrials
import Testing

struct FaultPlanTests {
    private func faults(seed: UInt64, _ count: Int) -> [String] {
        var plan = FaultPlan(seed: seed, workers: 3)
        return (0..<count).map { _ in
            let (pause, fault) = plan.next()
            return "\(pause) \(fault)"
        }
    }

    @Test func `the same seed gives the same faults and another one others`() {
        #expect(faults(seed: 7, 300) == faults(seed: 7, 300))
        #expect(faults(seed: 7, 300) != faults(seed: 8, 300))
    }

    @Test func `every kind of fault on every kind of process comes up`() {
        let all = faults(seed: 1, 1_000)
        for words in [
            "kill -9 coordinator", "kill -9 worker", "kill -9 slot", "kill -9 aggregator", "restart coordinator",
            "restart worker", "freeze coordinator", "freeze worker", "freeze slot", "freeze aggregator", "late by",
            "silent (up)", "silent (down)", "silent (both)", "then cut", "cut line", "disk full",
        ] {
            #expect(all.contains { $0.contains(words) }, "\(words)")
        }
        // Half an hour at this pace holds more than 200 kills.
        let minutes = all.reduce(0) { $0 + (Int($1.split(separator: " ")[0]) ?? 0) } / 60_000
        let kills = all.count { $0.contains("kill -9") }
        #expect(kills * 30 > 200 * minutes)
    }
}
