import Catalog
import Grid
import RouteGridBase
import RoutingData
import Testing

struct LatencyGridTests {
    private static let yaml = """
        datasets: {one: one}
        routers: [oracle, best-single, {kind: knn, k: [1, 2]}]
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, index: [0, 1]}]
        modality: [both, {train: both, test: text}]
        budgets: {at: [exact, 0.5x]}
        """

    private func lock(_ extra: String = "", _ yaml: String = yaml) throws -> GridLock {
        try DatasetFixture.resolve(yaml + "\n" + extra).lock
    }

    @Test func `without latency the frozen grid is what it was`() throws {
        let plain = try lock()
        #expect(plain.latencyCellCount == 0)
        #expect(plain.evaluationCellCount == plain.cellCount && plain.evaluationGroups == 0..<plain.groupCount)
        #expect(plain.contents.json["latency"] == nil)
        #expect(PlanSummary(plain).latency == 0)
    }

    @Test func `measurements come after all other cells, one a configuration, test modality and batch size`() throws {
        let plain = try lock()
        let timed = try lock("latency: {queries: 8, batch: [1, 4, 8]}")
        #expect(timed.evaluationCellCount == plain.cellCount)
        // best-single once; knn with two k, each tested on both and on text; on the first split only.
        #expect(timed.latencyCellCount == 3 * (1 + 2 * 2))
        #expect(timed.cellCount == plain.cellCount + 3 * (1 + 2 * 2))
        for group in plain.evaluationGroups { #expect(timed.jobs(ofGroup: group) == plain.jobs(ofGroup: group)) }
        var cells: [CellID] = []
        for group in timed.evaluationGroups.upperBound..<timed.groupCount {
            let fit = timed.fit(ofGroup: group)
            #expect(fit.split.index == 0 && fit.router.kind != "oracle")
            #expect(timed.fitKey(ofGroup: group) == fit.key)
            for job in timed.jobs(ofGroup: group) {
                cells.append(job.cell)
                #expect(timed.group(ofCell: job.cell) == group)
                #expect(JobKey(hashing: job.evalBytes) == job.jobKey)
                guard case .latency(let identity) = try CellIdentity(parsing: job.evalBytes) else {
                    Issue.record("no latency job")
                    continue
                }
                #expect(identity.fit == fit.key && identity.json.canonicalBytes() == job.evalBytes)
                #expect(identity.queries == 8 && identity.warmup == 20 && identity.repeats == 5)
            }
        }
        #expect(cells == Array(CellID(plain.cellCount)..<CellID(timed.cellCount)))
        #expect(PlanSummary(timed).latency == timed.latencyCellCount)
        #expect(PlanSummary(timed).cells == PlanSummary(plain).cells)
        #expect(try GridLock(parsing: timed.bytes).jobs(ofGroup: timed.groupCount - 1).count == 6)
    }

    @Test func `what only looks its choices up is not measured, and the grid says so`() throws {
        let program = "{kind: exec, command: mine, version: \"1\"}"
        let yaml = Self.yaml.replacing("{kind: knn, k: [1, 2]}", with: program)
        let timed = try DatasetFixture.resolve(yaml + "\nlatency: {batch: [1]}")
        #expect(timed.warnings == ["latency: exec is not measured, since its choices are looked up"])
        #expect(timed.lock.latencyCellCount == 1)
        let fits = (timed.lock.evaluationGroups.upperBound..<timed.lock.groupCount).map { timed.lock.fit(ofGroup: $0) }
        #expect(fits.map(\.router.kind) == ["best-single"])
    }

    @Test func `every occasion has keys of its own, and evaluations the same ones`() throws {
        var first = try lock("latency: {}")
        var second = first
        (first.occasion, second.occasion) = ("run 1", "run 2")
        #expect(first.bytes == second.bytes)
        for group in 0..<first.groupCount {
            let isEvaluation = first.evaluationGroups.contains(group)
            let (a, b) = (first.jobs(ofGroup: group), second.jobs(ofGroup: group))
            #expect((a == b) == isEvaluation)
            for job in a + b { #expect(LatencyIdentity.isNamed(by: job.evalBytes) == !isEvaluation) }
        }
    }

    @Test func `what exclude leaves out is not measured, what it leaves out at some budgets is`() throws {
        let latency = "latency: {batch: [1, 2]}\nexclude: "
        #expect(try lock(latency + "[{router: {kind: knn, k: 1}}]").latencyCellCount == 2 * (1 + 2))
        #expect(try lock(latency + "[{router: knn, modality: {test: text}}]").latencyCellCount == 2 * (1 + 2))
        #expect(try lock(latency + "[{router: knn, budget: 0.5x}]").latencyCellCount == 2 * (1 + 2 * 2))
        #expect(try DatasetFixture.message(Self.yaml + "\n" + latency + "[{dataset: one}]").contains("0 cells"))
    }

    @Test(arguments: [
        ("{queries: 0}", "latency.queries: expected an integer from 1 to 10000, found \"0\""),
        ("{repeats: many}", "latency.repeats: expected an integer from 1 to 100, found \"many\""),
        ("{warmup: -1}", "latency.warmup: expected an integer from 0 to 10000, found \"-1\""),
        ("{batch: []}", "latency.batch: expected at least one batch size"),
        ("{batch: [1, 64], queries: 32}", "latency.batch[1]: a batch of 64 is more than latency.queries = 32"),
        ("{batch: [2, 2]}", "latency.batch[1]: batch size 2 is given twice"),
        ("{batches: [2]}", "latency: unknown key \"batches\"; did you mean \"batch\"?"),
        ("true", "latency: expected {queries: …, warmup: …, repeats: …, batch: […]}, found \"true\""),
    ])
    func `a wrong setting is refused with its line`(setting: String, message: String) throws {
        #expect(try DatasetFixture.message(Self.yaml + "\nlatency: \(setting)") == "grid.yaml:6: \(message)")
    }

    @Test func `two measurements of a job have one digest and are read back as they were`() throws {
        let lock = try lock("latency: {}")
        let group = lock.groupCount - 1
        let bytes = lock.jobs(ofGroup: group)[0].evalBytes
        let job = try LatencyIdentity(json: try JSONValue(parsing: bytes, place: "job"))
        let records = [1.5, 2.5].map { microseconds in
            LatencyRecord.make(
                fit: lock.fit(ofGroup: group),
                job: job,
                labels: lock.labels(ofGroup: group),
                measured: ["call_us": ["p50": .double(microseconds)]]
            )
        }
        #expect(records[0].resultDigest == records[1].resultDigest && records[0] != records[1])
        #expect(records[0].jobKey == lock.jobs(ofGroup: group)[0].jobKey)
        #expect(records[0].job["router"]?["kind"] == "knn" && records[0].job["dataset"] == "one")
        #expect(try LatencyRecord(line: records[0].line, place: "line 1") == records[0])
        let checked = try CheckedRecord(records[1].line, place: "line 2")
        #expect(checked.isLatency && checked.jobKey == records[1].jobKey && checked.choices == nil)
        #expect(checked.resultDigest == records[1].resultDigest)
        let other = String(decoding: records[0].line, as: UTF8.self).replacing("latency/v1", with: "latency/v2")
        #expect(throws: RouteGridError.self) { try LatencyRecord(line: other.utf8, place: "line 3") }
    }
}
