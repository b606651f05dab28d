import Grid
import RouteGridBase
import Testing

struct RecordScanTests {
    private static let key = JobKey(hashing: "key".utf8)
    private static let digest = Digest(hashing: "result".utf8)
    private static let fit = Digest(hashing: "fit".utf8)
    /// A record's line with something inside its result.
    private static func line(_ inside: String = "1") -> String {
        "{\"fit_key\":\"\(fit.hex)\",\"job\":{\"job_key\":[],\"result_sha256\":\"inner\"},\"job_key\":\"\(key.hex)\",\"result\":{\"a\":\(inside)},"
            + "\"result_sha256\":\"\(digest.hex)\",\"schema\":\"routegrid/record/v1\"}"
    }

    @Test(arguments: ["1", "\"text\"", "\"\\\"}\"", "[[],{\"b\":[1,{}]}]", "\"ü\"", "null"])
    func `the job key of a record is found`(inside: String) {
        let scan = RecordScan(Self.line(inside).utf8)
        #expect(scan?.jobKey == Self.key && scan?.resultDigest == Self.digest)
    }

    @Test func `the job key of a measurement is found`() {
        let line =
            "{\"fit_key\":\"\(Self.fit.hex)\",\"job\":{},\"job_key\":\"\(Self.key.hex)\",\"measured\":{\"p50\":1.5},"
            + "\"schema\":\"routegrid/latency/v1\"}"
        #expect(RecordScan(line.utf8)?.jobKey == Self.key && RecordScan(line.utf8)?.resultDigest == nil)
    }

    @Test func `whatever happens to a record's bytes, what is taken is read again`() throws {
        let lock = try LockFixture.lock()
        let record = MetricRecord.make(
            fit: lock.fit(ofGroup: 0),
            job: lock.job(ofCell: 1),
            labels: lock.labels(ofGroup: 0),
            result: [
                "n": 1, "metrics": ["a \"b\\\n": ["v": 0.25], "ü\u{1}": ["v": 1e-7, "why": .null]],
                "points": [[1, 2], []],
            ]
        )
        #expect(RecordScan(record.line) != nil)
        var generator = Xoshiro256(seed: Digest(hashing: "mutations".utf8))
        // Bytes that mean something to a parser.
        let spice = Array("{}[]\",:\\0123456789.eE+-ntrufals /\n\t \u{1}ü".utf8)
        var taken = 0
        for _ in 0..<40_000 {
            var line = record.line
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<line.count, using: &generator)
                let byte = spice.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: line.remove(at: place)
                case 1: line.insert(byte, at: place)
                case 2: line[place] = byte
                case 3: line.insert(line[place], at: place)
                default: line.swapAt(place, max(0, place - 1))
                }
            }
            guard let scan = RecordScan(line) else { continue }
            taken += 1
            let read = try JSONValue(parsing: line, place: "a mutated record")
            #expect(read["job_key"]?.stringValue == scan.jobKey.hex)
            #expect(read["result_sha256"]?.stringValue == scan.resultDigest?.hex)
            // Numbers may be longer than they need be; nothing else has a second form.
            #expect(try JSONValue(parsing: read.jsonBytes(), place: "written again").jsonBytes() == read.jsonBytes())
        }
        // Letters of texts and digits of numbers.
        #expect(taken > 1_000 && taken < 30_000)
    }

    @Test func `the job key of a real record is found`() throws {
        let lock = try LockFixture.lock()
        let record = MetricRecord.make(
            fit: lock.fit(ofGroup: 0),
            job: lock.job(ofCell: 1),
            labels: lock.labels(ofGroup: 0),
            result: MetricRecord.result(["n": 1], choices: Digest(hashing: "blob".utf8), points: 1, items: 1)
        )
        let scan = try #require(RecordScan(record.line))
        #expect(scan.jobKey == record.jobKey && scan.resultDigest == record.resultDigest && !scan.isLatency)
        #expect(RecordScan.choices(of: record.line) == record.choices && record.choices != nil)
        #expect(RecordScan.choices(of: Self.line("{}").utf8) == nil)
    }

    @Test(
        arguments: [
            "", "{}", "[]", "\"\"", line() + " ", line() + "\n", " " + line(), line() + "}", line() + "{}",
            String(line().dropLast()), line("\"two\nlines\""), line("\n1"), line("\"\\\n\""), line("\"open"),
            line("[1"),
            line("[1}"), line("]"), line("\u{1}"), line("\\"), line(String(repeating: "[", count: 64)),
            line().replacing("\"job_key\":\"", with: "\"job_kex\":\""),
            line().replacing(digest.hex, with: digest.hex.uppercased()),
            line().replacing("result_sha256", with: "result_sha257"),
            line().replacing("\"schema\"", with: "\"measured\":{},\"schema\""),
            line().replacing("\"schema\"", with: "\"job_key\":\"\(key.hex)\",\"schema\""),
            // What a parser, a follower or a backup would stumble over later.
            line("1,"), line("1,,\"b\":2"), line("[1,]"), line("[,1]"), line("{\"b\"}"), line("{\"b\":}"),
            line("{b:1}"),
            line("1,\"a\":2"), line("01"), line("1."), line(".5"), line("1e"), line("1e999"), line("nul"), line("NaN"),
            line("\"\\x\""), line("\"\\u12\""), line("\"\\ud800\""), line("1 "), line("[1 ,2]"), line("1 2"),
            line("{\"b\":1,\"a\":2}"), line("-"), line("+1"),
            line().replacing("\"job_key\":\"", with: "\"job\\u005fkey\":\""),
            line().replacing("\"job_key\":[]", with: "\"job\\u005fkey\":[]"),
            line().replacing("\"fit_key\":\"\(fit.hex)\",", with: ""),
            line().replacing("record/v1", with: "record/v2"), line().replacing("\"result\":{", with: "\"resulx\":{"),
        ]
    )
    func `what is no record is refused`(text: String) {
        #expect(RecordScan(text.utf8) == nil)
    }

    @Test func `bytes that are no text are refused`() {
        var bytes = Array(Self.line("\"x\"").utf8)
        guard let place = bytes.firstIndex(of: UInt8(ascii: "x")) else { return }
        bytes[place] = 0xFF
        #expect(RecordScan(bytes) == nil)
    }
}
