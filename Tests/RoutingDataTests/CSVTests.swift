import RouteGridBase
import RoutingData
import Testing

struct CSVTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(bytes: Array(text.utf8), place: "t.csv") }

    private func cells(_ text: String) throws -> [[String]] {
        let table = try table(text)
        return try (0..<table.count).map { row in try table.header.indices.map { try table.text(row, $0) } }
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["1", "2"]]), ("a,b\r\n1,2\r\n3,4", [["1", "2"], ["3", "4"]]),
        ("\u{FEFF}a,b\n1,2", [["1", "2"]]), ("a,b\n\n1,2\n\n\n", [["1", "2"]]), ("a,b\n,\n", [["", ""]]),
        ("a,b\n1,", [["1", ""]]), ("a,b\n\"x,y\",\"line\nbreak \"\"q\"\"\"\n", [["x,y", "line\nbreak \"q\""]]),
        ("a,b\r\n\"x\r\ny\",2\r\n", [["x\r\ny", "2"]]), ("a,b\n\"\",\"\"\"\"\n", [["", "\""]]),
        ("a,b\n\"x\",\"y\"", [["x", "y"]]), ("a,b\nü,日本\n", [["ü", "日本"]]),
    ])
    func `a table is read as RFC 4180 says`(text: String, expected: [[String]]) throws {
        #expect(try cells(text) == expected)
    }

    @Test(arguments: [
        ("", "t.csv: empty"), ("a,a\n", "t.csv:1: column \"a\" occurs twice"),
        ("a,\n", "t.csv:1: column 2 has no name"), ("\n\"\"\n1\n", "t.csv:1: column 1 has no name"),
        ("a,b\n1,2\n3\n", "t.csv:3: expected 2 fields, found 1"),
        ("a,b\n1,2,3\n", "t.csv:2: expected 2 fields, found 3"),
        ("a,b\n\"1\n2\",3,4\n", "t.csv:2: expected 2 fields, found 3"),
        ("a,b\n1,\"x\n\n", "t.csv:2: the quote that opens here is never closed"),
        ("a,b\n1,\"x\"y\n", "t.csv:2: expected a comma or a line end after the closing quote"),
        ("a,b\n1,x\"y\n", "t.csv:2: a quote inside a field"), ("a,b\n1,2\r3,4\n", "t.csv:2: a carriage return without"),
    ])
    func `a table that is not one is refused with its line`(text: String, expected: String) {
        let found = message { _ = try table(text) }
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func `text that is not UTF-8 is refused with line and column`() throws {
        let table = try CSVTable(bytes: Array("a,b\n1,".utf8) + [0xff, 0xfe, 0x0a], place: "t.csv")
        #expect(message { _ = try table.text(0, 1) } == "t.csv:2: column \"b\": not UTF-8")
    }

    @Test(
        arguments: [
            ("1", 1), ("-0.5", -0.5), ("1e-05", 1e-5), ("9.5E+2", 950), (" 3 ", 3), ("\"0.25\"", 0.25), (".5", 0.5),
            ("", nil),
            ("  ", nil), ("+7", 7),
        ] as [(String, Double?)]
    )
    func `a number is read`(text: String, expected: Double?) throws {
        #expect(try table("a,b\nx,\(text)\n").number(0, 1) == expected)
    }

    @Test(arguments: [
        ("nan", "a literal \"nan\" is refused"), ("NaN", "a literal \"NaN\""), ("inf", "a literal \"inf\""),
        ("-Infinity", "a literal \"-Infinity\""), ("1e999", "too large"), ("abc", "expected a number, found \"abc\""),
        ("0x10", "expected a number, found \"0x10\""), ("1.2.3", "expected a number"), ("1e", "expected a number"),
        ("-", "expected a number"), ("True", "expected a number"), ("1,5", ""),
    ])
    func `what is not a number is refused`(text: String, expected: String) throws {
        let found = message { _ = try table("a,b\nx,1\nx,\(text)\n").number(1, 1) }
        #expect(found.contains(expected), "\(found)")
        #expect(
            found.hasPrefix(expected.isEmpty ? "t.csv:3: expected 2 fields" : "t.csv:3: column \"b\": "),
            "\(found)"
        )
    }

    @Test func `the line of a cell counts the breaks inside quotes before it`() throws {
        let table = try table("a,b\n\"1\n2\n3\",4\n5,x\n")
        #expect(message { _ = try table.number(1, 1) }.hasPrefix("t.csv:5: column \"b\""))
        #expect(message { _ = try table.requiredColumn("bb") } == "t.csv:1: no column \"bb\"; did you mean \"b\"?")
    }

    @Test func `random tables come back`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["csv"]))
        let alphabet = ["a", ",", "\"", "\n", "\r\n", "\r", " ", "ü", "日", "1", ""]
        for _ in 0..<200 {
            let (rows, columns) = (generator.below(6), 1 + generator.below(4))
            let header = (0..<columns).map { "c\($0)" }
            let content = (0..<rows).map { _ in
                (0..<columns).map { _ in
                    (0..<generator.below(6)).map { _ in alphabet[generator.below(alphabet.count)] }.joined()
                }
            }
            var writer = CSVWriter(header: header)
            for row in content { writer.append(row) }
            let text = String(decoding: writer.bytes, as: UTF8.self)
            #expect(try cells(text) == content, "\(text)")
        }
    }

    @Test func `no bytes make the reader fail other than by its error`() {
        var generator = Xoshiro256(seed: HashedText.digest(["csv bytes"]))
        let alphabet = Array("a,\"\n\r1.".utf8) + [0xff, 0x00]
        for _ in 0..<2_000 {
            let bytes = (0..<generator.below(30)).map { _ in alphabet[generator.below(alphabet.count)] }
            do {
                let table = try CSVTable(bytes: bytes, place: "t.csv")
                for row in 0..<table.count { _ = try? table.number(row, 0) }
            } catch {
                #expect(error.message.hasPrefix("t.csv"))
            }
        }
    }
}
