import RouteGridBase
import Testing

struct JSONValueTests {
    @Test(arguments: [
        (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#),
        (#"{"é":1,"z":2,"a":null}"#, #"{"z":2,"é":1}"#),
        (#"[0.1, 1e-05, 1.0, 1, -0.0, 2.5e300]"#, #"["0.1","1e-05",1,1,0,"2.5e+300"]"#),
        (
            #"[1e5, 123456789012345680000, 0.30000000000000004]"#,
            #"[100000,"1.2345678901234568e+20","0.30000000000000004"]"#
        ),
        (#"[9007199254740993, -9223372036854775808]"#, #"[9007199254740993,-9223372036854775808]"#),
        (#""a\"b\\c\n\t\u0001\/é😀""#, "\"a\\\"b\\\\c\\n\\t\\u0001/é😀\""),
        (#"[true,false,null,[],{}]"#, #"[true,false,null,[],{}]"#),
        (#"{"a":{"b":null}}"#, #"{"a":{}}"#),
    ])
    func `canonical form`(text: String, canonical: String) throws {
        let value = try JSONValue(parsing: text, place: "test")
        #expect(value.canonicalText == canonical)
        #expect(try JSONValue(parsing: canonical, place: "test").canonicalText == canonical)
    }

    @Test func `numbers that are equal have one canonical form and one digest`() throws {
        let digests = try ["1", "1.0", "1e0", "10e-1"].map { try JSONValue(parsing: $0, place: "test").digest }
        #expect(Set(digests).count == 1)
        let empty = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        #expect(JSONValue.object([:]).digest.hex == empty)
    }

    @Test func `plain JSON keeps nulls and writes numbers as numbers`() throws {
        let value = try JSONValue(parsing: #"{"v":null,"x":0.1,"n":3.0}"#, place: "test")
        #expect(value.jsonText == #"{"n":3,"v":null,"x":0.1}"#)
    }

    @Test(arguments: [
        ("", "test: not JSON at byte 0: expected a value"),
        ("{\"a\":1,\"a\":2}", "test: not JSON at byte 12: expected the key \"a\" once"),
        ("[1,]", "test: not JSON at byte 3: expected a value"),
        ("[01]", "test: not JSON at byte 3: expected a value"),
        ("NaN", "test: not JSON at byte 0: expected a value"),
        ("1e999", "test: not JSON at byte 5: expected a finite number"),
        ("\"\\ud800\"", "test: not JSON at byte 7: expected a low surrogate"),
        ("\"a", "test: not JSON at byte 2: expected the end of the string"),
        ("1 2", "test: not JSON at byte 2: expected the end"),
        ("'a'", "test: not JSON at byte 0: expected a value"),
    ])
    func `what is not JSON is refused with its place`(text: String, message: String) {
        #expect {
            try JSONValue(parsing: text, place: "test")
        } throws: {
            "\($0)" == message
        }
    }

    @Test func `nesting has a limit`() {
        let deep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(throws: RouteGridError.self) { try JSONValue(parsing: deep, place: "test") }
        let fine = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONValue(parsing: fine, place: "test") }
    }

    @Test func `any value survives both forms`() throws {
        var generator = Xoshiro256(seed: Digest(hashing: "json".utf8))
        for _ in 0..<500 {
            let value = Self.random(depth: 0, using: &generator)
            #expect(try JSONValue(parsing: value.jsonBytes(), place: "test").canonicalBytes() == value.canonicalBytes())
        }
    }

    private static func random(depth: Int, using generator: inout Xoshiro256) -> JSONValue {
        switch generator.below(depth > 3 ? 5 : 7) {
        case 0: return .bool(generator.below(2) == 0)
        case 1: return .integer(Int64(bitPattern: generator.next()))
        case 2:
            let value = Double(bitPattern: generator.next())
            return value.isFinite ? .double(value) : .null
        case 3: return .double(Double(generator.below(1_000)) / 8)
        case 4:
            let scalars = (0..<generator.below(6)).compactMap { _ in Unicode.Scalar(UInt32(generator.below(0xD7FF))) }
            return .string(String(String.UnicodeScalarView(scalars)))
        case 5: return .array((0..<generator.below(4)).map { _ in random(depth: depth + 1, using: &generator) })
        default:
            var members: [String: JSONValue] = [:]
            for index in 0..<generator.below(4) { members["k\(index)"] = random(depth: depth + 1, using: &generator) }
            return .object(members)
        }
    }
}
