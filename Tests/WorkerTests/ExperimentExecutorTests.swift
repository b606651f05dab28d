import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Testing
import Wire
import Worker

/// From a lease's canonical bytes to a record.
@Suite struct ExperimentExecutorTests {
    private let folder = "\(FileManager.default.temporaryDirectory.path)/rg-blobs-\(UInt64.random(in: 0...UInt64.max))"
    private let quality = Matrix<Double>(
        rows: 6,
        columns: 2,
        elements: [1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0]
    )
    private let cost = Matrix<Double>(rows: 6, columns: 2, elements: [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
    private let samples = (0..<6).map { Sample(id: "s\($0)", dataset: "d", group: "g\($0)") }

    @Test func `a task becomes records that their own reader accepts`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = ExperimentExecutor(numerics: "test-class")
        let task = try task()
        try executor.prepare(task)
        let outcome = try executor.evaluate(task.cells[0])
        let record = try MetricRecord(line: outcome.record, place: "record")
        #expect(record.jobKey.data == task.cells[0].jobKey)
        #expect(record.fitKey == FitKey(hashing: Array(task.fit)))
        #expect(record.resultDigest == outcome.resultDigest)
        #expect(record.choices == outcome.blobs.first?.digest)
        #expect(record.job["dataset"]?.stringValue == "toy")
        // Again, in another process: the same bytes.
        let other = ExperimentExecutor(numerics: "test-class")
        try other.prepare(task)
        #expect(try other.evaluate(task.cells[0]).record == outcome.record)
    }

    @Test func `a cell with another key, a foreign class and an unknown blob are refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = ExperimentExecutor(numerics: "test-class")
        var task = try task()
        try executor.prepare(task)
        var forged = task.cells[0]
        forged.eval.append(contentsOf: Array(" ".utf8))
        #expect(throws: RouteGridError.self) { try executor.evaluate(forged) }
        let foreign = ExperimentExecutor(numerics: "other-class")
        #expect(throws: RouteGridError.self) { try foreign.prepare(task) }
        let path = task.data[0].path
        task.data[0].path = "/no/such/blob"
        let fresh = ExperimentExecutor(numerics: "test-class")
        let gone = #expect(throws: RouteGridError.self) { try fresh.prepare(task) }
        #expect(gone?.code == .temporary)
        task.data[0].path = path
        task.data.removeLast()
        let unnamed = #expect(throws: RouteGridError.self) { try fresh.prepare(task) }
        #expect(unnamed?.message.contains("names no blob") == true)
    }

    @Test func `a cached blob with other bytes is not used, and is gone so that it is fetched again`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let task = try task()
        for file in task.data {
            let right = try #require(FileManager.default.contents(atPath: file.path))
            var wrong = right
            wrong[wrong.count - 1] ^= 1
            try wrong.write(to: URL(fileURLWithPath: file.path))
            let executor = ExperimentExecutor(numerics: "test-class")
            let error = #expect(throws: RouteGridError.self) { try executor.prepare(task) }
            #expect(error?.code == .temporary && error?.message.contains("other bytes than its name says") == true)
            #expect(!FileManager.default.fileExists(atPath: file.path))
            try right.write(to: URL(fileURLWithPath: file.path))
        }
        try ExperimentExecutor(numerics: "test-class").prepare(task)
    }

    @Test func `the same fit at other prices is evaluated at those prices`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = ExperimentExecutor(numerics: "test-class")
        let (first, second) = (
            try task(), try task(cost: Matrix(rows: 6, columns: 2, elements: cost.elements.map { 3 * $0 }))
        )
        #expect(first.fit == second.fit && first.cells[0].jobKey != second.cells[0].jobKey)
        var costs: [Double] = []
        for task in [first, second] {
            try executor.prepare(task)
            let record = try MetricRecord(line: try executor.evaluate(task.cells[0]).record, place: "record")
            costs.append(try #require(record.result["metrics"]?["mean_cost"]?["v"]?.numberValue))
        }
        #expect(costs[1] == 3 * costs[0])
    }

    @Test func `other prices are evaluated on the fit at hand, to the same bytes as on a fit of their own`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = Matrix<Float>(rows: 6, columns: 2, elements: [1, 0, 0, 1, 1, 1, 0, 2, 2, 0, 1, 3])
        let dear = Matrix(rows: 6, columns: 2, elements: cost.elements.enumerated().map { $0 % 2 == 0 ? 9 * $1 : $1 })
        for kind in ["ovr", "prototype"] {
            let executor = ExperimentExecutor(numerics: "test-class")
            for (place, cost) in [cost, dear, cost].enumerated() {
                let task = try task(cost: cost, kind: kind, text: text)
                try executor.prepare(task)
                let outcome = try executor.evaluate(task.cells[0])
                let fresh = ExperimentExecutor(numerics: "test-class")
                try fresh.prepare(task)
                #expect(try fresh.evaluate(task.cells[0]).record == outcome.record, "\(kind) \(place)")
            }
            #expect(executor.fitCount == 1)
        }
    }

    @Test func `tensors that do not belong together are refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = ExperimentExecutor(numerics: "test-class")
        let short = Matrix<Double>(rows: 5, columns: 2, elements: Array(repeating: 1, count: 10))
        let error = #expect(throws: RouteGridError.self) { try executor.prepare(try task(cost: short)) }
        #expect(error?.message.contains("5 × 2 for 6 samples and 2 models") == true)
    }

    @Test(arguments: [1, 2]) func `a latency job is measured on what it names`(batch: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var task = try task(kind: "best-single")
        let fit = try FitIdentity(parsing: Array(task.fit))
        guard case .evaluation(let evaluation) = try CellIdentity(parsing: Array(task.cells[0].eval)) else { return }
        let job = LatencyIdentity(
            fit: fit.key,
            data: evaluation.data,
            cost: evaluation.cost,
            settings: GridLatency(queries: 3, warmup: 2, repeats: 4, batches: [batch]),
            batch: batch,
            occasion: "run 1"
        )
        task.cells[0].eval = Data(job.json.canonicalBytes())
        task.cells[0].jobKey = job.key.data
        let turns = folder
        let executor = ExperimentExecutor(numerics: "test-class", turn: MachineTurn(files: turns + "/turn"))
        executor.enter(task)
        try executor.prepare(task)
        let outcome = try executor.evaluate(task.cells[0])
        executor.leave()
        let record = try LatencyRecord(line: outcome.record, place: "record")
        #expect(record.jobKey == job.key && record.fitKey == fit.key)
        #expect(outcome.resultDigest == record.resultDigest && outcome.blobs.isEmpty)
        let measured = record.measured
        // The split has two test rows, fewer than the three that were asked for.
        #expect(measured["queries"] == 2)
        #expect(measured["calls"]?.integerValue == 4 * (2 / batch))
        func number(_ group: String, _ name: String) -> Double { measured[group]?[name]?.numberValue ?? -1 }
        #expect(number("call_us", "min") > 0)
        #expect(number("call_us", "min") <= number("call_us", "p50"))
        #expect(number("call_us", "p50") <= number("call_us", "p99"))
        #expect(number("call_us", "p99") <= number("call_us", "max"))
        #expect(number("query_us", "p50") <= number("call_us", "p50"))
        #expect(number("queries_per_s", "min") <= number("queries_per_s", "max"))
        #expect(number("queries_per_s", "min") > 0)
        #expect(measured["other_busy_slots"]?["v"] == 0)
        #expect(measured["encoder_us"]?["v"] == .null)
        #expect((measured["fit_s"]?.numberValue ?? -1) >= 0)
        #expect(measured["machine"]?["cpu"]?.stringValue?.isEmpty == false)
        #expect((measured["machine"]?["threads"]?.integerValue ?? 0) >= 1)
        // Again: other times, the same digest.
        #expect(try executor.evaluate(task.cells[0]).resultDigest == outcome.resultDigest)
        // Outside of a turn it does not claim to be alone.
        let crowded = try LatencyRecord(line: try executor.evaluate(task.cells[0]).record, place: "record")
        #expect(crowded.measured["other_busy_slots"]?["v"] == .null)
    }

    private func task(
        cost other: Matrix<Double>? = nil,
        kind: String = "oracle",
        text: Matrix<Float>? = nil
    ) throws -> SlotTask {
        var blobs = [SampleList.encode(samples), TensorBlob.encode(quality), TensorBlob.encode(other ?? cost)]
        if let text { blobs.append(TensorBlob.encode(text)) }
        let digests = blobs.map { Digest(hashing: $0) }
        let data = DataIdentity(
            samples: digests[0],
            models: ["a", "b"],
            quality: digests[1],
            text: text == nil ? nil : digests[3]
        )
        let fit = FitIdentity(
            numerics: "test-class",
            mode: .sound,
            router: try RouterCatalog.configure(kind: kind, parameters: [:], place: "router"),
            routerRevision: try RouterCatalog.descriptor(of: kind).revision,
            data: data,
            split: Split(kind: .random(train: 0.5, dev: 0.2, test: 0.3, groupBy: .sample), seed: 1),
            trainModality: text == nil ? nil : .text
        )
        let job = JobIdentity(
            fit: fit.key,
            part: .test,
            testModality: text == nil ? nil : .text,
            data: data,
            cost: .tensor(digests[2]),
            rule: text == nil ? .threshold : .softLabel,
            budget: .exact
        )
        var task = SlotTask()
        task.fit = Data(fit.json.canonicalBytes())
        task.labels = Data(RecordLabels(dataset: "toy").json.canonicalBytes())
        var cell = SlotCell()
        cell.eval = Data(job.json.canonicalBytes())
        cell.jobKey = job.key.data
        task.cells = [cell]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        task.data = try zip(blobs, digests).map { bytes, digest in
            let path = "\(folder)/\(digest.hex)"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            var file = SlotFile()
            (file.sha, file.path) = (digest.data, path)
            return file
        }
        return task
    }
}
