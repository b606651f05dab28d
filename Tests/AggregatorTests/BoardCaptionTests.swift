import Aggregator
import Catalog
import Foundation
import RouteGridBase
import TestSupport
import Testing

@Suite struct BoardCaptionTests {
    private func board(_ records: [RecordFixture], tables: [JSONValue] = []) throws -> Leaderboard {
        let folder = try TemporaryFolder()
        try RecordFixture.write(records, to: folder.path("records.jsonl"))
        let document: JSONValue = ["schema": "routegrid/tables/v1", "statistics": [], "tables": .array(tables)]
        try Data(document.jsonBytes()).write(to: URL(fileURLWithPath: folder.path("tables.json")))
        return try Aggregation([RecordSource(path: folder.path("records.jsonl"))]).board
    }

    private func captions(_ records: [RecordFixture], tables: [JSONValue] = []) throws -> [String] {
        try board(records, tables: tables).tables(.full).map(\.caption)
    }

    @Test func `no two tables of a board have one caption`() throws {
        func record(_ change: (inout RecordFixture) -> Void) -> RecordFixture {
            var record = RecordFixture.knn(1, shared: 0.5)
            record.inputs = ["cost": .string(Digest(hashing: "cost".utf8).hex)]
            change(&record)
            return record
        }
        let records = [
            record { _ in }, record { $0.data = "imported again" },
            record { $0.inputs = ["cost": .string(Digest(hashing: "other".utf8).hex)] },
            record { $0.models = "a+b" }, record { $0.part = "dev" }, record { $0.budget = "1x" },
            record { $0.rule = "penalty" },
            record {
                $0.splitIndex = 3
                $0.router = ["kind": "knn", "k": 2]
            },
            record {
                $0.revisions = [
                    "metrics": JSONValue(CurveMetric.revision - 1),
                    "rule": JSONValue(BudgetRule.threshold.descriptor.revision),
                    "split": 1,
                ]
            },
            record { $0.revisions = nil },
        ]
        // The pool's name alone makes no other data.
        var found = try captions(
            records.enumerated().map { number, record in
                var record = record
                if record.models != "all" { record.data = "pool" }
                return record
            }
        )
        #expect(found.count == records.count)
        #expect(Set(found).count == records.count, "\(found.joined(separator: "\n"))")
        found = found.filter { $0.contains("part test") }
        #expect(found.allSatisfy { $0.contains("index ") })
    }

    @Test func `pools stand in the order of the grid`() throws {
        func digest(_ text: String) -> JSONValue { .string(Digest(hashing: text.utf8).hex) }
        var (records, tables): ([RecordFixture], [JSONValue]) = ([], [])
        for (place, pool) in ["without c", "all", "without a", "without b"].enumerated() {
            let data: JSONValue = ["samples": digest("s"), "models": JSONValue(["a", pool]), "quality": digest("q")]
            var record = RecordFixture.knn(1, shared: 0.5)
            record.dataDigest = data.digest.hex
            record.models = pool
            records.append(record)
            tables.append([
                "samples": digest("s"), "models": JSONValue(["a", pool]), "quality": digest("q"),
                "cost": ["tensor": digest("c")], "cost_unit": "USD", "dataset": "alpha", "pool": .string(pool),
                "place": JSONValue(place),
            ])
        }
        let found = try board(records.reversed(), tables: tables).sections.flatMap(\.rows).map { $0.job["models"] }
        #expect(found == ["without c", "all", "without a", "without b"])
    }

    @Test func `counts and seeds say what they mean`() throws {
        let runs = (0..<4).map { index -> RecordFixture in
            var record = RecordFixture.knn(1, shared: 0.5)
            record.splitIndex = Int64(index)
            record.itemCount = 150
            record.seed = 0
            return record
        }
        #expect(try captions(runs)[0].contains("mean of 4 splits, index 0–3"))
        #expect(try captions(runs)[0].contains("n = 150 in each split, 600 with repeats"))
        #expect(try captions(runs)[0].contains("random seed 0"))
        let seeds = (0..<3).map { seed -> RecordFixture in
            var record = RecordFixture.knn(1, shared: 0.5)
            record.seed = JSONValue(seed)
            return record
        }
        #expect(try captions(seeds)[0].contains("mean over random seeds 0–2"))
        #expect(try captions(seeds)[0].contains("n = 100 ·"))
        let folds = runs.map { record -> RecordFixture in
            var record = record
            record.split = ["kind": "kfold", "folds": 4, "dev": "0.2", "seed": 1]
            return record
        }
        #expect(try captions(folds)[0].contains("split kfold 4 folds, dev 0.2, seed 1"))
        #expect(try captions(folds)[0].contains("n = 150 in each split, 600 items in all"))
    }

    @Test func `rows keep a flag that others of their table lack, in every format`() throws {
        var clean = RecordFixture.knn(1, shared: 0.5)
        var flagged = RecordFixture.knn(2, shared: 0.25)
        flagged.missingCount = 3
        let board = try board([clean, flagged])
        let page = BoardPage(isWhole: true).text(board.tables(.brief), bold: false)
        #expect(page.split(separator: "\n").contains { $0.contains("k=2") && $0.hasSuffix("missing") })
        #expect(page.contains("unsealed") && !page.contains("missing, unsealed"))
        let text = String(decoding: board.markdownBytes, as: UTF8.self)
        #expect(text.contains("* `missing`: ") && text.contains("* `unsealed`: "))
        #expect(String(decoding: board.csvBytes, as: UTF8.self).contains("missing unsealed"))
        clean.mode = "compat"
        flagged.mode = "compat"
        let compat = try self.board([clean, flagged])
        #expect(String(decoding: compat.markdownBytes, as: UTF8.self).contains("filled with the mean of its model"))
    }

    @Test func `hostile names are names in every file`() throws {
        let name = "=cmd|' /C'!A0\u{1B}[2J\u{0}\u{202E}<script>alert(1)</script>\n# owned"
        var record = RecordFixture.knn(1, shared: 0.5)
        record.dataset = name
        record.router = ["kind": .string("@" + name), "k": .string(name)]
        record.prices = name
        let board = try board([record])
        let frontier = FrontierTable(board)
        for bytes in [
            board.markdownBytes, board.csvBytes, board.jsonBytes, frontier.csvBytes, frontier.jsonBytes,
            Array(BoardPage().text(board.tables(.brief), bold: false).utf8),
        ] {
            let text = String(decoding: bytes, as: UTF8.self)
            let bad = text.unicodeScalars.filter { SafeText.isHidden($0) && $0 != "\n" }
            #expect(bad.isEmpty, "\(text)")
            #expect(!text.contains("\n# owned"))
        }
        for bytes in [board.markdownBytes, board.jsonBytes, frontier.jsonBytes] {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("<script"))
        }
        for bytes in [board.csvBytes, frontier.csvBytes] {
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\n").flatMap {
                $0.split(separator: ",")
            }
            #expect(!fields.contains { $0.hasPrefix("=") || $0.hasPrefix("\"=") || $0.hasPrefix("@") })
        }
        // What programs read is what came.
        let row = try #require(try JSONValue(parsing: board.jsonBytes, place: "")["rows"]?.arrayValue?.first)
        #expect(row["dataset"] == .string(name))
    }
}
