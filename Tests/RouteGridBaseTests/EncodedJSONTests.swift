import RouteGridBase
import Testing

struct EncodedJSONTests {
    @Test func `both forms are those of the tree`() {
        var json = EncodedJSON()
        json.object {
            $0.nullMember("a")
            $0.member("b")
            $0.array {
                for number in [
                    0, -0.0, 1, 0.1, 1e-5, -2.5, 1e15, 1e16, 9.007199254740992e15, 2.2250738585072014e-308, 1.7e308,
                ] {
                    $0.element()
                    $0.number(number)
                }
            }
            $0.member("c")
            $0.object { _ in }
            $0.nullMember("d")
            $0.member(encoded: JSONValue.string("e\n").jsonBytes())
            $0.string("\"quoted\" \u{1} ü")
            $0.member("f")
            $0.integer(-7)
        }
        let tree: JSONValue = [
            "a": .null,
            "b": [0, -0.0, 1, 0.1, 1e-5, -2.5, 1e15, 1e16, 9.007199254740992e15, 2.2250738585072014e-308, 1.7e308],
            "c": [:],
            "d": .null, "e\n": "\"quoted\" \u{1} ü", "f": -7,
        ]
        #expect(String(decoding: json.plain, as: UTF8.self) == tree.jsonText)
        #expect(String(decoding: json.canonical, as: UTF8.self) == tree.canonicalText)
    }

    @Test func `an object of nulls alone is empty in the canonical form`() {
        var json = EncodedJSON()
        json.object {
            $0.nullMember("a")
            $0.nullMember("b")
        }
        #expect(json.plain == Array("{\"a\":null,\"b\":null}".utf8))
        #expect(json.canonical == Array("{}".utf8))
    }

    @Test func `digests of bytes, hex and slices agree`() {
        let digest = Digest(hashing: "x".utf8)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Digest(bytes: ([0] + digest.bytes)[1...]) == digest)
        #expect(Digest(bytes: digest.bytes.lazy.map { $0 }) == digest)
        #expect(Digest(bytes: digest.bytes.dropLast()) == nil)
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hex: digest.hex.dropLast()) == nil)
        #expect(Digest(hex: digest.hex.uppercased()) == nil)
        var bytes: [UInt8] = [9]
        digest.append(to: &bytes)
        #expect(bytes == [9] + digest.bytes)
    }
}
