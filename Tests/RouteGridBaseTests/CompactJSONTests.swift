import RouteGridBase
import Testing

struct CompactJSONTests {
    private func members(_ text: String) -> [(name: String, value: String)]? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { raw in
            CompactJSON.members(of: raw)?.map {
                (String(decoding: bytes[$0.name], as: UTF8.self), String(decoding: bytes[$0.value], as: UTF8.self))
            }
        }
    }

    @Test func `names and values of the outermost object are found where they stand`() throws {
        let found = try #require(members(#"{"a":1,"b":{"c":[1,{"d":"}"}]},"c \"x\"":"t"}"#))
        #expect(found.map(\.name) == ["a", "b", #"c \"x\""#])
        #expect(found.map(\.value) == ["1", #"{"c":[1,{"d":"}"}]}"#, #""t""#])
        #expect(members("{}")?.isEmpty == true)
    }

    @Test(
        arguments: [
            [:], ["": 0], ["a": 1, "a\"": 2, "a\\": 3, "b": -4, "a\u{1}": 5, "é": 6, "z\n": 7, "\t": 8],
            [
                "x": [1.5, 1e-9, 2e300, -0.25, 12345678901234567890.0], "y": [true, false, .null],
                "z": [[], [:], [[1]]],
            ],
            ["long": .string(String(repeating: "\u{1F}ü\\", count: 100))],
        ] as [JSONValue]
    )
    func `what is written is taken`(value: JSONValue) {
        #expect(members(value.jsonText) != nil)
        #expect(members(value.canonicalText) != nil)
    }

    @Test(
        arguments: [
            "", "1", "[]", "{", "}", "{}{}", "{} ", " {}", "{\"a\":1,}", "{,}", "{\"b\":1,\"a\":1}",
            "{\"a\":1,\"a\":2}",
            "{\"a\" :1}", "{\"a\": 1}", "{\"a\":1 }", "{\"a\":\"\\/\"}", "{\"a\":\"\\u000a\"}", "{\"a\":\"\\u001F\"}",
            "{\"a\":\"\\u0041\"}", "{\"a\":00}", "{\"a\":-}", "{\"a\":1e400}", "{\"a\":tru}", "{\"a\":nulll}",
            "{\"a\":[1,]}", "{\"a\":[}", "{\"a\":\"\n\"}", "{\"\\\\\":1,\"\\\"\":2}",
            "{\"a\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
        ]
    )
    func `another form is refused`(text: String) {
        #expect(members(text) == nil)
    }

    @Test func `as many levels are taken as a parser reads`() throws {
        func nested(_ count: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        }
        #expect(members(nested(63)) != nil)
        #expect(throws: Never.self) { try JSONValue(parsing: nested(63), place: "deep") }
    }
}
