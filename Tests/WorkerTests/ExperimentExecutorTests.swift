import Foundation
import Grid
import RouteGridBase
import RouterCatalog
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
        #expect(record.fitKey == Digest(hashing: Array(task.fit)))
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

    @Test func `tensors that do not belong together are refused`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let executor = ExperimentExecutor(numerics: "test-class")
        let short = Matrix<Double>(rows: 5, columns: 2, elements: Array(repeating: 1, count: 10))
        let error = #expect(throws: RouteGridError.self) { try executor.prepare(try task(cost: short)) }
        #expect(error?.message.contains("5 × 2 for 6 samples and 2 models") == true)
    }

    private func task(cost other: Matrix<Double>? = nil) throws -> SlotTask {
        let blobs = [SampleList.encode(samples), TensorBlob.encode(quality), TensorBlob.encode(other ?? cost)]
        let digests = blobs.map { Digest(hashing: $0) }
        let data = DataIdentity(samples: digests[0], models: ["a", "b"], quality: digests[1])
        let fit = FitIdentity(
            numerics: "test-class",
            mode: .sound,
            router: try RouterCatalog.configure(kind: "oracle", parameters: [:], place: "router"),
            data: data,
            split: Split(kind: .random(train: 0.5, dev: 0.2, test: 0.3, groupBy: .sample), seed: 1)
        )
        let job = JobIdentity(
            fit: fit.key,
            part: .test,
            data: data,
            cost: .tensor(digests[2]),
            rule: .threshold,
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
