import Aggregator
import Catalog
import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Records are told apart by content; names are shown and never compared.
@Suite struct BoardIdentityTests {
    private func aggregation(
        _ records: [RecordFixture],
        tables: [JSONValue] = [],
        bad: BadRecords = .refuse
    ) throws -> Aggregation {
        let folder = try TemporaryFolder()
        try RecordFixture.write(records, to: folder.path("records.jsonl"))
        if !tables.isEmpty {
            let document: JSONValue = [
                "schema": "routegrid/tables/v1", "statistics": [], "tables": .array(tables),
            ]
            try Data(document.jsonBytes()).write(to: URL(fileURLWithPath: folder.path("tables.json")))
        }
        let source = try RecordSource(path: folder.path("records.jsonl"))
        return try Aggregation(RecordCollection(reading: [source], bad: bad), from: [source])
    }

    private static func digest(_ text: String) -> JSONValue { .string(Digest(hashing: text.utf8).hex) }

    /// A router under two budgets with the costs of some price sheet.
    private static func priced(_ sheet: String, label: String, highest: Double) -> [RecordFixture] {
        [(1.5, 0.25), (3.0, 0.75)].enumerated().map { number, point in
            var record = RecordFixture.knn(5, shared: 0)
            record.budget = number == 0 ? "0.5x" : "1x"
            record.prices = label
            record.inputs = ["cost": digest(sheet)]
            record.points = [
                ["id": 0, "threshold": .double(point.0), "cost": .double(point.0), "accuracy": .double(point.1)]
            ]
            record.reference = [
                "c_lo": 1, "c_hi": .double(highest), "c_best": 3, "cheapest": ["cost": 1, "accuracy": 0.25],
                "best": ["cost": 3, "accuracy": 0.5], "oracle": 1,
                "dev": ["point": ["cost": .double(point.0), "accuracy": 0.5], "goal": 0.5],
            ]
            return record
        }
    }

    @Test func `two price sheets of one name and date make two tables whose captions tell them apart`() throws {
        let records =
            Self.priced("a", label: "sheet.json (2026-11-01)", highest: 3)
            + Self.priced("b", label: "sheet.json (2026-11-01)", highest: 4)
        let board = try aggregation(records).board
        #expect(board.rows.map(\.jobKeys.count) == [2, 2])
        let captions = board.tables(.full).map(\.caption)
        #expect(Set(captions).count == 2)
        for (caption, sheet) in zip(captions.sorted(), ["a", "b"].map { Digest(hashing: $0.utf8).hex }.sorted()) {
            #expect(caption.contains("prices sheet.json (2026-11-01)") && caption.contains("prices \(sheet.prefix(8))"))
        }
    }

    @Test func `sheets of other names are told apart by these, and costs without a sheet are said to be measured`()
        throws
    {
        var plain = RecordFixture.knn(5, shared: 0.5)
        plain.inputs = ["cost": Self.digest("measured")]
        plain.budget = "1x"
        let records =
            Self.priced("a", label: "sheet.json (2026-11-01)", highest: 3)
            + Self.priced("b", label: "sheet.json (2027-01-01)", highest: 4) + [plain]
        let captions = try aggregation(records).board.tables(.full).map(\.caption)
        #expect(captions.count == 3)
        #expect(captions.count { $0.contains("2026-11-01") } == 1 && captions.count { $0.contains("2027-01-01") } == 1)
        #expect(captions.count { $0.contains("costs as measured") } == 1)
        #expect(!captions.contains { $0.contains(String(Digest(hashing: "a".utf8).hex.prefix(8))) })
    }

    @Test func `one content under two names is one row`() throws {
        var first = RecordFixture.knn(5, shared: 0.5)
        first.data = "same"
        first.inputs = ["cost": Self.digest("costs")]
        var second = first
        second.splitIndex = 1
        (second.dataset, second.prices, second.models) = ("beta", "corrected.json (2027-01-01)", "a+b")
        let board = try aggregation([first, second]).board
        #expect(board.rows.count == 1)
        #expect(board.rows[0].splits == [0, 1])
        #expect(board.rows[0].job["prices"] == "corrected.json (2027-01-01)")
    }

    @Test func `names are those of the grid beside the records, whoever computed them first`() throws {
        let table: JSONValue = [
            "samples": Self.digest("samples"), "models": ["a", "b"], "quality": Self.digest("quality"),
            "cost": ["tensor": Self.digest("cost")], "cost_unit": "USD", "prices": "new.json (2027-01-01)",
            "dataset": "renamed", "pool": "a+b", "place": 0, "where": "group digit", "text": [:], "image": [:],
            "facts": ["hidden-tokens"],
        ]
        let data: JSONValue = [
            "samples": Self.digest("samples"), "models": ["a", "b"], "quality": Self.digest("quality"),
        ]
        var record = RecordFixture.knn(5, shared: 0.5)
        record.prices = "old.json (2026-11-01)"
        record.dataDigest = data.digest.hex
        record.inputs = ["cost": .string((["tensor": Self.digest("cost")] as JSONValue).digest.hex)]
        let board = try aggregation([record], tables: [table]).board
        let row = try #require(board.rows.first)
        #expect(row.job["dataset"] == "renamed" && row.job["models"] == "a+b")
        #expect(row.job["prices"] == "new.json (2027-01-01)")
        #expect(row.flags == [.hiddenTokens, .unsealed])
        let caption = board.tables(.full)[0].caption
        for part in ["where group digit", "models a+b", "prices new.json (2027-01-01)", "hidden-tokens"] {
            #expect(caption.contains(part), "\(caption)")
        }
    }

    @Test func `records without inputs that clash are refused with both places, or left out`() throws {
        var (first, second) = (RecordFixture.knn(5, shared: 0.5), RecordFixture.knn(5, shared: 0.25))
        (first.salt, second.salt) = ("a", "b")
        second.reference = ["c_hi": 4]
        first.reference = ["c_hi": 3]
        let other = RecordFixture.knn(7, shared: 0.75)
        let error = #expect(throws: RouteGridError.self) { _ = try aggregation([first, second, other]) }
        #expect(error?.code == .badInput)
        for part in ["records.jsonl:", "job.inputs", "result.reference.c_hi", "prices"] {
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        }
        let board = try aggregation([first, second, other], bad: .setAside).board
        #expect(board.rows.map { $0.job["router"]?["k"] } == [7])
        #expect(Set(board.leftOut.map(\.jobKey)) == [first.jobKey, second.jobKey])
        let text = String(decoding: board.markdownBytes, as: UTF8.self)
        #expect(text.contains("> **Left out**: ") && text.contains("job.inputs"))
        #expect(try JSONValue(parsing: board.jsonBytes, place: "")["left_out"]?.arrayValue?.count == 2)
    }

    @Test func `a line that is no record is left out with its place and cause`() throws {
        let folder = try TemporaryFolder()
        let good = RecordFixture.knn(5, shared: 0.5)
        var absent = RecordFixture.knn(6, shared: 0.5).line
        absent = absent.replacing("\"n\":100", with: "\"n\":\"x\"")
        var other = good
        other.metrics["accuracy"] = ["v": 0.125]
        let lines = [good.line, "{\"schema\":", absent, other.line, "\u{0}\u{1}"]
        try lines.joined(separator: "\n").write(
            toFile: folder.path("records.jsonl"),
            atomically: false,
            encoding: .utf8
        )
        let source = try RecordSource(path: folder.path("records.jsonl"))
        let collection = try RecordCollection(reading: [source], bad: .setAside)
        #expect(collection.count == 1)
        #expect(collection.leftOut.map { String($0.place.suffix(2)) } == [":2", ":3", ":4", ":5"])
        #expect(collection.leftOut[2].why.contains("another result than"))
        #expect(collection.leftOut[1].jobKey == RecordFixture.knn(6, shared: 0.5).jobKey)
        let board = try Aggregation(collection, from: [source]).board
        #expect(board.rows.count == 1 && board.leftOut.count == 4)
        #expect(throws: RouteGridError.self) { _ = try RecordCollection(reading: [source]) }
    }

    @Test func `embeddings and code of one name that differ make rows of their own`() throws {
        let inputs = ["a", "b"].map { name -> RecordFixture in
            var record = RecordFixture.knn(5, shared: 0.5)
            record.inputs = ["cost": Self.digest("cost"), "text": Self.digest(name)]
            return record
        }
        #expect(try aggregation(inputs).board.rows.count == 2)
        let code = [1, 2].map { revision -> RecordFixture in
            var record = RecordFixture.knn(5, shared: 0.5)
            record.inputs = ["cost": Self.digest("cost")]
            record.revisions = [
                "metrics": JSONValue(CurveMetric.revision), "router": JSONValue(revision),
                "rule": JSONValue(BudgetRule.threshold.descriptor.revision), "split": 1,
            ]
            return record
        }
        let board = try aggregation(code).board
        #expect(board.sections.count == 1)
        #expect(board.tables(.full)[0].rows.map { $0[1] } == ["knn (k=5, revision 1)", "knn (k=5, revision 2)"])
        let metrics = [CurveMetric.revision, CurveMetric.revision - 1].map { revision -> RecordFixture in
            var record = code[0]
            record.revisions = [
                "metrics": JSONValue(revision), "router": 1,
                "rule": JSONValue(BudgetRule.threshold.descriptor.revision), "split": 1,
            ]
            return record
        }
        let captions = try aggregation(metrics).board.tables(.full).map(\.caption)
        #expect(Set(captions).count == 2)
        #expect(captions.count { $0.contains("recorded under metrics revision \(CurveMetric.revision - 1)") } == 1)
    }
}
