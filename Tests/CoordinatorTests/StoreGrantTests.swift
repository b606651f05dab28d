import Coordinator
import RouteGridBase
import Scheduling
import TestSupport
import Testing

struct StoreGrantTests {
    @Test func `grants are on disk with their commit, and are fewer rows once their run has ended`() throws {
        let bench = try StoreBench()
        let (run, other) = (try bench.addRun(), try bench.addRun())
        func grant(_ run: RunID, _ holder: String, _ cells: [CellID]) -> StoreWrite {
            .granted(Grant(run: run, holder: holder, leased: cells))
        }
        _ = try bench.store.commit([grant(run, "a", [0, 1]), grant(run, "a", [2]), grant(run, "b", [3, 4])])
        _ = try bench.store.commit([grant(run, "a", [5]), grant(run, "a", [3]), grant(other, "a", [9])])
        // A longer lease with the same first cell.
        _ = try bench.store.commit([grant(run, "b", [3, 4, 5])])
        let expected = [
            Grant(run: run, holder: "a", cells: [0..<4, 5..<6]), Grant(run: run, holder: "b", cells: [3..<6]),
            Grant(run: other, holder: "a", cells: [9..<10]),
        ]
        #expect(try bench.store.grants() == expected)
        try bench.reopen()
        #expect(try bench.store.grants() == expected)
        #expect(try bench.grantRows() == 5)
        _ = try bench.store.commit([.runState(run, .cancelled, reason: "")])
        #expect(try bench.store.grants() == expected)
        #expect(try bench.grantRows() == 4)
    }
}
