import RouteGridBase
import Scheduling
import Testing

/// Records that are taken back while runs are served.
struct SchedulerPurgeTests {
    @Test func `cells of a finished run are granted again, and it finishes again`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 4)
        var granted = bench.join(ann)
        while let lease = granted.first { granted = bench.granted(bench.finish(lease)) }
        #expect(try bench.counts().state == .finished)
        let commands = bench.handle(.purged(run1, cells: [1, 2, 9, 9, 77]))
        #expect(commands.contains(.runChanged(run1, .active, reason: "records were purged")))
        #expect(try bench.counts().done == 9)
        var again = bench.granted(commands)
        #expect(again.first?.cells == [1, 2])
        while let lease = again.first { again = bench.granted(bench.finish(lease)) }
        #expect(try bench.counts().state == .finished && bench.counts().done == 12)
        #expect(bench.handle(.purged(run2, cells: [0])).isEmpty)
    }

    @Test func `cells of a run at work wait beside the others, those not reached are found by their look-up`() throws {
        let bench = SchedulerBench()
        bench.answersLookUps = false
        bench.add(run1, groups: 2, of: 4, done: [0, 5])
        bench.handle(.purged(run1, cells: [0, 5]))
        #expect(try bench.counts().done == 0)
        for group in 0..<2 {
            bench.handle(
                .resolved(
                    run1,
                    group: group,
                    unrecorded: Array(CellID(4 * group)..<CellID(4 * group + 4)),
                    recorded: []
                )
            )
        }
        let lease = try #require(bench.join(ann).first)
        #expect(lease.cells == [0, 1, 2, 3])
        bench.handle(.committed(run1, cells: [0, 1]))
        bench.handle(.purged(run1, cells: [1]))
        let counts = try bench.counts()
        #expect(counts.done == 1 && counts.leased == 2 && counts.pending == 5)
    }

    @Test func `a cancelled run stays so`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 4, state: .cancelled, done: [0])
        #expect(bench.handle(.purged(run1, cells: [0])).isEmpty)
        #expect(bench.join(ann).isEmpty)
        #expect(try bench.counts().done == 0 && bench.counts().state == .cancelled)
    }
}
