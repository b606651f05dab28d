import Catalog
import Grid
import RouteGridBase
import RoutingData
import Testing

struct MetricRecordTests {
    private static let result: JSONValue = [
        "n": 4, "points": [["id": 0, "cost": 0.25, "accuracy": 0.5]],
        "metrics": ["accuracy": ["v": 0.5], "qnc": ["v": .null, "why": "no point reaches it"]],
    ]

    private static func record(dataset: String = "one", result: JSONValue = result) throws -> MetricRecord {
        let lock = try LockFixture.lock()
        let cell = lock.cells(ofGroup: 40).lowerBound
        let labels = RecordLabels(dataset: dataset, textEncoder: "default").json
        return MetricRecord.make(
            fit: lock.fit(ofGroup: 40),
            job: lock.job(ofCell: cell),
            labels: labels,
            result: MetricRecord.result(result, choices: Digest(hashing: "choices".utf8), points: 1, items: 4)
        )
    }

    @Test func `a line reads back to the same record`() throws {
        let record = try Self.record()
        let again = try MetricRecord(line: record.line, place: "records.jsonl:1")
        #expect(again == record)
        #expect(again.choices == Digest(hashing: "choices".utf8))
        let lock = try LockFixture.lock()
        #expect(record.fitKey == lock.fitKey(ofGroup: 40))
        #expect(record.jobKey == lock.jobs(ofGroup: 40)[0].jobKey)
    }

    @Test func `the job says what the keys hash, and null for what is not read`() throws {
        let lock = try LockFixture.lock()
        let oracle = MetricRecord.make(
            fit: lock.fit(ofGroup: 0),
            job: lock.job(ofCell: 1),
            labels: lock.labels(ofGroup: 0),
            result: [:]
        )
        #expect(oracle.job["router"] == ["kind": "oracle"])
        #expect(oracle.job["budget"] == "0.5x" && oracle.job["rule"] == "threshold" && oracle.job["part"] == "test")
        for name in ["modality", "fusion", "seed", "label", "encoder", "prices"] {
            #expect(oracle.job[name] == .null)
        }
        #expect(
            oracle.job["split"] == [
                "kind": "random", "train": "0.6", "dev": "0.2", "test": "0.2", "group_by": "sample", "seed": 1,
                "index": 0,
            ]
        )
        #expect(oracle.job["dataset"] == "one" && oracle.job["models"] == "all")
    }

    @Test func `the same result under another dataset name has the same digest`() throws {
        let (one, two) = (try Self.record(), try Self.record(dataset: "two"))
        #expect(one.line != two.line)
        #expect(one.resultDigest == two.resultDigest)
        #expect(one.jobKey == two.jobKey)
    }

    @Test func `another number is another digest`() throws {
        var members = try #require(Self.result.objectValue)
        members["n"] = 5
        #expect(try Self.record().resultDigest != Self.record(result: .object(members)).resultDigest)
    }

    @Test func `a line that was changed is refused with its place`() throws {
        let record = try Self.record()
        let text = String(decoding: record.line, as: UTF8.self)
        let changed = text.replacing("\"accuracy\":0.5", with: "\"accuracy\":0.6", maxReplacements: 1)
        #expect {
            try MetricRecord(line: changed.utf8, place: "records.jsonl:7")
        } throws: { error in
            "\(error)".hasPrefix(
                "records.jsonl:7: the result does not have its digest: expected \(record.resultDigest)"
            )
        }
        for (line, message) in [
            ("{", "records.jsonl:7: not JSON at byte 1: expected a key in quotes"),
            ("{}", "records.jsonl:7: \"schema\" is missing"),
            (
                text.replacing("record/v1", with: "record/v2"),
                "records.jsonl:7: schema: expected routegrid/record/v1, found \"routegrid/record/v2\""
            ),
            (text.replacing("\"job\":", with: "\"jobs\":"), "records.jsonl:7: \"job\" is missing"),
            (
                text.replacing("{\"fit_key\"", with: "{\"extra\":1,\"fit_key\""),
                "records.jsonl:7: unknown member \"extra\""
            ),
        ] {
            #expect {
                try MetricRecord(line: line.utf8, place: "records.jsonl:7")
            } throws: {
                "\($0)" == message
            }
        }
    }
}
