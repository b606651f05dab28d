import Catalog
import Grid
import RouteGridBase
import Testing

/// The way of every cell against the readable one: families against parsing, bytes against trees.
struct RecordWriterTests {
    private static let result: JSONValue = [
        "metrics": ["accuracy": ["at": 0, "v": 0.5], "qnc": ["v": .null, "why": "no \"point\" reaches it"]],
        "n": 4, "points": [["id": 0, "cost": 0.25, "accuracy": 1]],
    ]
    /// The members of ``result`` without its braces.
    private static func members() -> EncodedJSON {
        var out = EncodedJSON()
        for name in ["metrics", "n", "points"] {
            out.member(encoded: JSONValue.string(name).jsonBytes())
            out.value(EncodedJSON(result[name] ?? .null))
        }
        return out
    }

    @Test func `records and identities of every cell are those of their trees`() throws {
        let lock = try LockFixture.lock()
        let choices = Digest(hashing: "choices".utf8)
        let result = MetricRecord.result(Self.result, choices: choices, points: 1, items: 4)
        for group in 0..<lock.groupCount {
            let (fit, labels) = (lock.fit(ofGroup: group), lock.labels(ofGroup: group))
            var families = JobFamilies()
            for keyed in lock.jobs(ofGroup: group) {
                let found = try families.read(keyed.evalBytes, place: "cell")
                var job = families.jobs[found.family]
                job.budget = found.budget
                #expect(job == (try JobIdentity(parsing: keyed.evalBytes)))
                let writer = RecordWriter(fit: fit, job: families.jobs[found.family], labels: labels)
                let written = writer.record(
                    budget: found.budget,
                    jobKey: keyed.jobKey,
                    members: Self.members(),
                    choices: choices,
                    points: 1,
                    items: 4
                )
                let record = MetricRecord.make(fit: fit, job: job, labels: labels, result: result)
                #expect(written.line == record.line)
                #expect(written.resultDigest == record.resultDigest)
            }
            // Cells of one part and modality are one family, however many budgets there are.
            #expect(families.jobs.count < lock.jobs(ofGroup: group).count)
        }
    }

    @Test func `budgets of every form keep their text`() throws {
        let lock = try LockFixture.lock()
        let fit = lock.fit(ofGroup: 0)
        var job = lock.job(ofCell: 0)
        let budgets: [Budget] = [
            .exact, .relative(0.5), .relative(2), .amount(0), .amount(7), .amount(1e-7), .amount(0.1), .amount(1e22),
            .amount(9_007_199_254_740_992),
        ]
        var families = JobFamilies()
        for budget in budgets {
            job.budget = budget
            let found = try families.read(job.json.canonicalBytes(), place: "cell")
            #expect(found.budget == budget && found.family == 0)
            let writer = RecordWriter(fit: fit, job: families.jobs[0], labels: [:])
            let written = writer.record(
                budget: budget,
                jobKey: job.key,
                members: EncodedJSON(),
                choices: job.key.digest,
                points: 1,
                items: 1
            )
            let result = MetricRecord.result([:], choices: job.key.digest, points: 1, items: 1)
            #expect(written.line == MetricRecord.make(fit: fit, job: job, labels: [:], result: result).line)
        }
    }

    @Test func `an evaluation that cannot be right is refused beside one of its family`() throws {
        let lock = try LockFixture.lock()
        let bytes = lock.jobs(ofGroup: 0)[0].evalBytes
        var families = JobFamilies()
        _ = try families.read(bytes, place: "cell 1")
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.dropFirst("{\"budget\":\"exact\"".count)
        for wrong in ["\"-1x\"", "-2", "\"\"", "nonsense", ""] {
            #expect(throws: RouteGridError.self) {
                try families.read(Array("{\"budget\":\(wrong)\(end)".utf8), place: "cell 2")
            }
        }
        #expect(throws: RouteGridError.self) {
            try families.read(
                Array(text.replacing("\"kind\":\"evaluate\"", with: "\"kind\":\"other\"").utf8),
                place: "cell"
            )
        }
        #expect(families.jobs.count == 1)
    }
}
