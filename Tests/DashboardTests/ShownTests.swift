import Foundation
import RouteGridBase
import Testing

@testable import Dashboard

@Suite struct ShownTests {
    static let hostile = [
        "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a|b", "\u{1B}[31mred", "abc\u{202E}fed", "two\nlines",
        "\"\\",
    ]

    @Test func `texts of a coordinator are one line each, and logs keep theirs`() {
        let shown = ShownText.safe(["name": .array(Self.hostile.map { .string($0) }), "log": "a\nb\u{1B}c", "<b>\n": 1])
        let names = (shown["name"]?.arrayValue ?? []).compactMap(\.stringValue)
        #expect(names.count == Self.hostile.count)
        for name in names {
            #expect(name.unicodeScalars.allSatisfy { !SafeText.isHidden($0) }, "\(name)")
        }
        #expect(shown["log"] == "a\nb␛c")
        // Frames of an event stream are lines: no text may end one.
        #expect(!shown["name"]!.jsonText.contains("\n"))
    }

    @Test func `the page has no data, and only its own script and style run`() {
        let page = String(decoding: DashboardPage.bytes, as: UTF8.self)
        for (name, text) in [("script", DashboardScript.text), ("style", DashboardStyle.text)] {
            let hash = Data(Digest(hashing: text.utf8).bytes).base64EncodedString()
            #expect(DashboardPage.policy.contains("\(name)-src 'sha256-\(hash)'"))
            #expect(page.contains("<\(name)>\(text)</\(name)>"))
        }
        #expect(DashboardPage.policy.hasPrefix("default-src 'none'") && !DashboardPage.policy.contains("unsafe"))
        #expect(!page.contains("style=\"") && !page.contains(" onclick") && !page.contains("http://www.example"))
        // The ways by which a text could become markup.
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
            #expect(!DashboardScript.text.contains(way), "\(way)")
        }
    }

    @Test func `a slot keeps its row, and idle and failing are seen`() {
        func metrics(_ leases: [(String, String)], failures: [(Int, String)] = []) -> JSONValue {
            [
                "worker_list": [["worker": "w1", "name": "host:1", "slots": 2]],
                "slots": .array(
                    leases.map {
                        ["worker": "w1", "lease": .string($0.0), "router": .string($0.1), "run": 1, "step_s": 1.5]
                    }
                ),
                "failures": .array(failures.map { ["number": JSONValue($0.0), "worker": .string($0.1)] }),
            ]
        }
        var lanes = SlotLanes()
        func rows() -> [String] { (lanes.last["rows"]?.arrayValue ?? []).map { $0["router"]?.stringValue ?? "-" } }
        lanes.add(metrics([("l1", "knn"), ("l2", "mlp")], failures: [(1, "host:1")]), at: 1)
        #expect(rows() == ["knn", "mlp"])
        #expect(lanes.last["rows"]?.arrayValue?.contains { $0["failed"] == true } == false)
        lanes.add(metrics([("l2", "mlp")], failures: [(1, "host:1"), (2, "host:1")]), at: 2)
        #expect(rows() == ["-", "mlp"])
        #expect(lanes.last["rows"]?.arrayValue?.contains { $0["failed"] == true } == true)
        lanes.add(metrics([("l2", "mlp"), ("l3", "linear")]), at: 3)
        #expect(rows() == ["linear", "mlp"])
    }
}
