import Grid
import RouteGridBase
import Testing

struct CheckedRecordTests {
    private static let choices = Digest(hashing: "choices".utf8)

    private static func record(_ result: JSONValue, prices: JSONValue = .null) throws -> MetricRecord {
        let lock = try LockFixture.lock()
        let group = 40
        let labels: JSONValue = ["dataset": "a \"set\"", "models": "all", "encoder": ["text": "e"], "prices": prices]
        return MetricRecord.make(
            fit: lock.fit(ofGroup: group),
            job: lock.job(ofCell: lock.cells(ofGroup: group).lowerBound),
            labels: labels,
            result: result
        )
    }

    /// Any JSON of a few levels, with nulls, numbers of all sizes and names that need escapes.
    private static func any(_ depth: Int, _ generator: inout Xoshiro256) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .integer(Int64.random(in: -3...3, using: &generator))
        case 4:
            let bits = UInt64.random(in: .min ... .max, using: &generator)
            let value = Double(bitPattern: bits)
            return .double(value.isFinite ? value : 0.1)
        case 5: return .double(Double(Int.random(in: -1_000...1_000, using: &generator)) / 8)
        case 6: return .string(["", "x", "ü\n\"", "null", "1.5", "{\u{1}"].randomElement(using: &generator) ?? "")
        case 7:
            return .array((0..<Int.random(in: 0..<4, using: &generator)).map { _ in any(depth - 1, &generator) })
        default: return object(depth - 1, &generator)
        }
    }

    private static func object(_ depth: Int, _ generator: inout Xoshiro256) -> JSONValue {
        var members: [String: JSONValue] = [:]
        let names = ["", "a", "ab", "b\"", "ç", "choices", "n", "sha256", "z\u{2}"]
        for _ in 0..<Int.random(in: 0..<6, using: &generator) {
            members[names.randomElement(using: &generator) ?? ""] = any(depth, &generator)
        }
        return .object(members)
    }

    @Test func `the digest of any record's bytes is the one that its writer computed`() throws {
        var generator = Xoshiro256(seed: Digest(hashing: "checked".utf8))
        for number in 0..<4_000 {
            var result = Self.object(4, &generator)
            if number % 2 == 0 { result = MetricRecord.result(result, choices: Self.choices, points: 1, items: 4) }
            let record = try Self.record(result, prices: number % 3 == 0 ? "sheet" : .null)
            let checked = try CheckedRecord(record.line, place: "record \(number)")
            #expect(checked.resultDigest == record.resultDigest && checked.jobKey == record.jobKey)
            #expect(checked.choices == record.choices && !checked.isLatency)
            #expect(try JSONValue(parsing: record.line[checked.job], place: "job") == record.job)
        }
    }

    @Test func `a result that does not have its digest is refused with both`() throws {
        let record = try Self.record(["n": 4, "v": 0.25])
        let changed = String(decoding: record.line, as: UTF8.self).replacing("\"v\":0.25", with: "\"v\":0.26")
        let error = #expect(throws: RouteGridError.self) { try CheckedRecord(changed.utf8, place: "records.jsonl:7") }
        #expect(error?.code == .badInput)
        #expect(error?.message.hasPrefix("records.jsonl:7: the result does not have its digest: expected") == true)
        #expect(error?.message.contains(record.resultDigest.hex) == true)
        // A label is no part of the result, another member of the job is.
        for (label, other) in [
            ("\"models\":\"all\"", "\"models\":\"some\""), ("\"part\":\"test\"", "\"part\":\"dev\""),
        ] {
            let line = String(decoding: record.line, as: UTF8.self).replacing(label, with: other)
            try #require(line.utf8.elementsEqual(record.line) == false)
            if label.contains("models") {
                #expect(throws: Never.self) { try CheckedRecord(line.utf8, place: "a line") }
            } else {
                #expect(throws: RouteGridError.self) { try CheckedRecord(line.utf8, place: "a line") }
            }
        }
    }

    @Test func `what has a right digest is a record to every reader, byte for byte`() throws {
        // A number in a longer text than need be, hashed as it stands.
        let record = try Self.record(["n": 4, "v": 0.25])
        let longer = String(decoding: record.line, as: UTF8.self).replacing("\"v\":0.25", with: "\"v\":0.250")
        let message = try #require(
            #expect(throws: RouteGridError.self) { try CheckedRecord(longer.utf8, place: "a line") }?.message
        )
        let digest = String(message.suffix(64))
        let forged = Array(longer.replacing(record.resultDigest.hex, with: digest).utf8)
        let checked = try CheckedRecord(forged, place: "a line")
        let read = try MetricRecord(line: forged, place: "a line")
        #expect(read.line == forged && read.resultDigest == checked.resultDigest)
        #expect(try MetricRecord(line: read.line, place: "a line") == read)
    }
}
