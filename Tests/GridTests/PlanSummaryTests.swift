import Catalog
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
            exclude: [{router: best-single}, {router: {kind: knn, k: 2}}]
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

    /// What a record of a cell shows, as some earlier build wrote it.
    private func recorded(_ lock: GridLock, _ cell: CellID, changing: (inout [String: JSONValue]) -> Void) throws
        -> JSONValue
    {
        let group = lock.group(ofCell: cell)
        let record = MetricRecord.make(
            fit: lock.fit(ofGroup: group),
            job: lock.job(ofCell: cell),
            labels: lock.labels(ofGroup: group),
            result: [:]
        )
        var members = try #require(record.job.objectValue)
        changing(&members)
        return .object(members)
    }

    @Test func `cells that are recorded under earlier revisions run again, and plan shows why`() throws {
        let lock = try DatasetFixture.resolve(Self.yaml).lock
        let cells = lock.evaluationGroups.flatMap { lock.jobs(ofGroup: $0) }.map(\.cell)
        let jobs = try [
            recorded(lock, cells[0]) { $0["revisions"] = ["metrics": 999, "router": 1, "rule": 1, "split": 1] },
            // The same cell under another name, other data, and other prices: nothing of it is the grid's.
            recorded(lock, cells[1]) {
                $0["revisions"] = ["metrics": 999]; $0["inputs"] = ["cost": "other"]
            },
            recorded(lock, cells[1]) {
                $0["revisions"] = ["metrics": 999]; $0["data"] = "other"
            },
            // Of this build: its key says whether it is there.
            recorded(lock, cells[1]) { _ in },
        ]
        let earlier = EarlierRecords(lock, jobs: jobs) { (keys: [JobKey]) throws(Never) in keys.map { _ in false } }
        #expect(
            earlier.counts.values.reduce(0, +)
                == cells.count { cell in
                    lock.jobs(ofGroup: lock.group(ofCell: cell)).contains {
                        $0.cell == cell && $0.jobKey == key(lock, cells[0])
                    }
                }
        )
        let own = CurveMetric.revision
        #expect(earlier.lines.count == 1)
        #expect(earlier.lines[0].contains("recorded under metrics revision 999 (now \(own))"), "\(earlier.lines)")
        #expect(earlier.lines[0].hasSuffix("again"))
        // Once it is recorded anew nothing runs again.
        let done = EarlierRecords(lock, jobs: jobs) { (keys: [JobKey]) throws(Never) in keys.map { _ in true } }
        #expect(done.counts.isEmpty && done.json == [])
    }

    private func key(_ lock: GridLock, _ cell: CellID) -> JobKey? {
        lock.jobs(ofGroup: lock.group(ofCell: cell)).first { $0.cell == cell }?.jobKey
    }

    @Test func `a lock of earlier revisions is read by whoever only wants to know what records are`() throws {
        let lock = try DatasetFixture.resolve(Self.yaml).lock
        #expect(lock.earlierRevisions == nil)
        let text = String(decoding: lock.bytes, as: UTF8.self)
            .replacing("\"metrics_revision\":\(CurveMetric.revision)", with: "\"metrics_revision\":1")
        #expect(throws: RouteGridError.self) { try GridLock(parsing: text.utf8) }
        let read = try GridLock(parsing: text.utf8, revisions: .any)
        #expect(read.earlierRevisions == "metrics revision 1 (now \(CurveMetric.revision))")
        #expect(read.bytes == Array(text.utf8) && read.jobs(ofGroup: 0)[0].jobKey != lock.jobs(ofGroup: 0)[0].jobKey)
    }

    @Test func `a grid above the limit is estimated and marked as such`() throws {
        let yaml = "datasets: {one: one}\nrouters: [random]\nseeds: \"range(0,1000)\"\nbudgets: {at: [exact, 1x]}"
        let lock = try DatasetFixture.resolve(yaml).lock
        let summary = PlanSummary(lock, limit: 100)
        #expect(!summary.isExact)
        #expect(summary.keys == 2_000 && summary.newFits == 1_000)
    }
}
