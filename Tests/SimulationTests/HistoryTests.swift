import RouteGridBase
import Simulation
import Testing

struct HistoryTests {
    /// 2,100 histories of mixed sizes, in pieces that run side by side.
    @Test(arguments: 0..<21)
    func `a cell is recorded once and no acknowledged record is lost, whatever happens`(piece: Int) {
        for seed in UInt64(piece * 100)..<UInt64(piece * 100 + 100) {
            let report = Simulation.run(seed: seed)
            #expect(report.isGood, "\(report.violations); replay: \(report.replay)")
        }
    }

    /// Histories that showed a fault once: 2841, a run kept waiting by an older one at a single worker.
    @Test(arguments: [2_841] as [UInt64])
    func `a history that was bad once is good`(seed: UInt64) {
        let report = Simulation.run(seed: seed)
        #expect(report.isGood, "\(report.violations); replay: \(report.replay)")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `the coordinator may end at every commit, before it is on disk and after`(seed: UInt64) {
        var options = SimulationOptions()
        options.workers = 3
        options.cells = 12
        options.faultMilliseconds = 4_000
        options.crash = CommitCrash(commit: 100_000, isAfter: false)
        let commits = Simulation.run(seed: seed, options: options).commits
        #expect(commits > 0)
        for commit in 0..<min(commits, 60) {
            for isAfter in [false, true] {
                options.crash = CommitCrash(commit: commit, isAfter: isAfter)
                let report = Simulation.run(seed: seed, options: options)
                #expect(report.isGood, "commit \(commit), after \(isAfter), seed \(seed): \(report.violations)")
                #expect(report.coordinatorCrashes == 1)
            }
        }
    }

    @Test func `ten thousand workers are served under faults`() {
        var options = SimulationOptions()
        options.workers = 10_000
        options.cells = 40_000
        options.faultMilliseconds = 8_000
        let report = Simulation.run(seed: 5, options: options)
        #expect(report.isGood, "\(report.violations)")
        #expect(report.records > 30_000)
    }
}
