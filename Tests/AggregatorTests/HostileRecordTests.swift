import Aggregator
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Records with right digests and one member that no worker writes: left out or refused in words, never a trap.
@Suite(.timeLimit(.minutes(5))) struct HostileRecordTests {
    private static let good = (1...3).map { RecordFixture.knn(Int64($0), shared: Double($0) / 8) }

    private static func line(job: JSONValue, result: JSONValue) -> String {
        let hashed = (job.objectValue ?? [:]).filter { !["dataset", "models", "encoder", "prices"].contains($0.key) }
        let digest = Digest(hashing: JSONValue.object(hashed).canonicalBytes() + result.canonicalBytes())
        let record: JSONValue = [
            "schema": "routegrid/record/v1", "job_key": .string(job.digest.hex), "fit_key": .string(job.digest.hex),
            "result_sha256": .string(digest.hex), "job": job, "result": result,
        ]
        return record.jsonText + "\n"
    }

    private func board(_ bad: String, _ folder: TemporaryFolder) throws {
        try folder.write(Self.good.map { $0.line + "\n" }.joined() + bad, to: "records.jsonl")
        let aggregation = try Aggregation([RecordSource(path: folder.path("records.jsonl"))])
        _ = try aggregation.publish(to: OutputFolder(path: folder.path("out")))
    }

    @Test(arguments: ["job", "result"]) func `a board is made of, or refuses, any one wrong member`(part: String) throws
    {
        let folder = try TemporaryFolder()
        var record = RecordFixture.knn(4, shared: 0.5)
        record.seed = 1
        record.label = ["rule": "exp", "lambda": "0.5", "scale": 1]
        record.reference = [
            "c_lo": 0.1, "c_hi": 1, "c_best": 0.5, "oracle": 0.9, "rank_bounds": [0.1, 1],
            "cheapest": ["cost": 0.1, "accuracy": 0.3], "best": ["cost": 0.5, "accuracy": 0.6],
            "dev": ["point": ["cost": 0.2, "accuracy": 0.5], "goal": 0.5],
        ]
        try board(Self.line(job: record.job, result: record.result), folder)
        var hostile = HostileJSON(part == "job" ? record.job : record.result, seed: "board \(part)")
        for _ in 0..<250 {
            let changed = hostile.next()
            try? FileManager.default.removeItem(atPath: folder.path("out"))
            try? board(
                Self.line(
                    job: part == "job" ? changed : record.job,
                    result: part == "job" ? record.result : changed
                ),
                folder
            )
        }
    }

    @Test(arguments: [
        "grid.lock.json", "tables.json", "selection.json", "test_reads.json", "runs.jsonl", "latency.jsonl",
    ])
    func `what lies beside records may be anything`(name: String) throws {
        let folder = try TemporaryFolder()
        let known: JSONValue = [
            "schema": "routegrid/tables/v1", "tables": [["samples": "x", "n": 3]], "reads": [], "choices": [],
            "axes": [:],
        ]
        var hostile = HostileJSON(known, seed: name)
        for round in 0..<60 {
            let bytes = round == 0 ? [0xFF, 0x00, 0x0A] : hostile.next().jsonBytes()
            try folder.write(bytes, to: name)
            try? board("", folder)
        }
    }
}
