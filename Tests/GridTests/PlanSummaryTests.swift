import Grid
import RouteGridBase
import Testing

struct PlanSummaryTests {
    private static let yaml = """
        datasets: {one: one, again: one}
        routers: [oracle, {kind: knn, k: [1, 2]}, {kind: knn, k: 2}]
        budgets: {at: [exact, 0.5x]}
        exclude: [{router: oracle, budget: 0.5x}]
        """

    @Test func `cells that share a key are counted once`() throws {
        let summary = PlanSummary(try DatasetFixture.resolve(Self.yaml).lock)
        #expect(summary.cells == 2 * 2 * 4)
        #expect(summary.excluded == 2)
        // The dataset's name is in no key, and knn with k = 2 is there twice.
        #expect(summary.keys == 1 + 2 * 2)
        #expect(summary.new == summary.keys && summary.recorded == 0)
        #expect(summary.newFits == 3 && summary.newFitsOnCost == 2)
        #expect(summary.isExact)
        #expect(summary.blocks.map(\.router) == ["oracle", "knn {k: 1, 2}", "knn"])
        #expect(summary.blocks.map(\.cells) == [4, 8, 4])
        #expect(summary.blocks.map(\.excluded) == [2, 0, 0])
    }

    @Test func `fits of which every cell is excluded are not counted, and long axes are shortened`() throws {
        let yaml = """
            datasets: {one: one}
            routers: [{kind: knn, k: "range(1,12)"}, best-single]
            exclude: [{router: best-single}, {router: knn, k: 2}]
            """
        let lock = try DatasetFixture.resolve(yaml).lock
        let summary = PlanSummary(lock)
        #expect(summary.groups == 10 && summary.blocks.map(\.groups) == [10, 0])
        #expect(lock.activeGroupCount == 10 && lock.groupCount == 12)
        #expect(summary.blocks[0].router == "knn {k: 1, 2, 3 … 11 (11 values)}")
    }

    @Test func `what is recorded is not new`() throws {
        let lock = try DatasetFixture.resolve(Self.yaml).lock
        let known = Set(lock.jobs(ofGroup: 0).map(\.jobKey))
        let summary = PlanSummary(lock) { $0.map(known.contains) }
        #expect(summary.recorded == 1)
        #expect(summary.new == summary.keys - 1)
        #expect(summary.newFits == 2)
    }

    @Test func `a grid above the limit is estimated and says so`() throws {
        let yaml = "datasets: {one: one}\nrouters: [random]\nseeds: \"range(0,1000)\"\nbudgets: {at: [exact, 1x]}"
        let lock = try DatasetFixture.resolve(yaml).lock
        let summary = PlanSummary(lock, limit: 100)
        #expect(!summary.isExact)
        #expect(summary.keys == 2_000 && summary.newFits == 1_000)
    }
}
