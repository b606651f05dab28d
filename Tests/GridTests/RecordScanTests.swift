import Grid
import RouteGridBase
import Testing

struct RecordScanTests {
    private static let key = Digest(hashing: "key".utf8)
    private static let digest = Digest(hashing: "result".utf8)
    /// A record's line with something inside its result.
    private static func line(_ inside: String = "1") -> String {
        "{\"job\":{\"result_sha256\":\"inner\",\"job_key\":[]},\"job_key\":\"\(key.hex)\",\"result\":{\"a\":\(inside)},"
            + "\"result_sha256\":\"\(digest.hex)\",\"schema\":\"routegrid/record/v1\"}"
    }

    @Test(arguments: ["1", "\"text\"", "\"\\\"}\"", "[[],{\"b\":[1,{}]}]", "\"ü\"", "null"])
    func `a record says whose it is`(inside: String) {
        let scan = RecordScan(Self.line(inside).utf8)
        #expect(scan?.jobKey == Self.key && scan?.resultDigest == Self.digest)
    }

    @Test func `a measurement says whose it is`() {
        let line = "{\"job\":{},\"job_key\":\"\(Self.key.hex)\",\"measured\":{\"p50\":1.5}}"
        #expect(RecordScan(line.utf8)?.jobKey == Self.key && RecordScan(line.utf8)?.resultDigest == nil)
    }

    @Test func `a real record says whose it is`() throws {
        let lock = try LockFixture.lock()
        let record = MetricRecord.make(
            fit: lock.fit(ofGroup: 0),
            job: lock.job(ofCell: 1),
            labels: lock.labels(ofGroup: 0),
            result: ["n": 1]
        )
        let scan = try #require(RecordScan(record.line))
        #expect(scan.jobKey == record.jobKey && scan.resultDigest == record.resultDigest)
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
