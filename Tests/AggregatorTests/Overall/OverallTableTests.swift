import Aggregator
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// One order over several datasets.
@Suite struct OverallTableTests {
    private static let split = Split(
        kind: .random(train: 0.3, dev: 0.2, test: 0.5, groupBy: .sample),
        seed: 1,
        index: 0
    )

    /// A board of choosers, each with its share of right answers, on datasets of these names.
    private func board(_ datasets: [String], _ levels: [Double], items: Int = 400, seed: String = "o") throws
        -> Leaderboard
    {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        for (number, name) in datasets.enumerated() {
            var generator = Xoshiro256(seed: Digest(hashing: Array("\(seed) \(name)".utf8)))
            let table = OutcomeTable(
                models: levels.indices.map { "m\($0)" },
                samples: (0..<items).map { Sample(id: "\(name)\($0)", dataset: name, group: "\(name)\($0)") },
                quality: Matrix(
                    rows: items,
                    columns: levels.count,
                    elements: (0..<items).flatMap { _ in levels.map { generator.fraction() < $0 ? 1.0 : 0 } }
                ),
                cost: Matrix(
                    rows: items,
                    columns: levels.count,
                    elements: (0..<items).flatMap { _ in levels.map { _ in 1.0 } }
                )
            )
            var records = PlantedRecords(table)
            records.name = name
            for model in levels.indices {
                try records.add(
                    choices: [UInt8](repeating: UInt8(model), count: items),
                    number: model + 1,
                    split: Self.split
                )
            }
            try records.write(to: folder.path("\(number)"))
        }
        return try Aggregation(datasets.indices.map { try RecordSource(path: folder.path("\($0)")) }).board
    }

    @Test func `the best of every dataset leads, and wins where tables tell rows apart`() throws {
        let board = try board(["a", "b", "c"], [0.9, 0.6, 0.3])
        let overall = try #require(board.overall.first)
        #expect(overall.datasets == ["a", "b", "c"])
        #expect(overall.rows.map { $0.rank?.value } == [1, 2, 3])
        let first = try #require(overall.rows[0].rank?.interval)
        #expect(first.low == 1 && first.high == 1)
        #expect(overall.total(0) == OverallTable.Record(wins: 6, ties: 0, losses: 0))
        #expect(overall.records?[2][0] == OverallTable.Record(wins: 0, ties: 0, losses: 3))
        let values = board.sections.map { section in section.rows[0].value("nauc_shared") ?? 0 }
        #expect(abs(overall.rows[0].mean.value - values.reduce(0, +) / 3) < 1e-12)
        // Three equal and independent errors: the mean's is √3 times smaller.
        let widths = board.sections.compactMap { $0.rows[0].interval("nauc_shared").map { $0.high - $0.low } }
        let interval = try #require(overall.rows[0].mean.interval)
        #expect(abs((interval.high - interval.low) / (widths.reduce(0, +) / 3) * 3.0.squareRoot() - 1) < 0.05)
        let json = try JSONValue(parsing: board.jsonBytes, place: "board")
        #expect(json["overall"]?.arrayValue?.first?["rows"]?.arrayValue?.count == 3)
        #expect(String(decoding: board.markdownBytes, as: UTF8.self).contains("## Overall"))
        let heading = String(decoding: board.csvBytes, as: UTF8.self).split(separator: "\n").first ?? ""
        #expect(heading.contains("overall_mean,overall_rank,overall_rank_lo,overall_rank_hi"))
        let text = BoardPage(width: 80).text(board.overallTables, bold: false)
        #expect(text.split(separator: "\n").allSatisfy { SafeText.width(String($0)) <= 80 })
    }

    @Test func `equal rows share a rank, and one dataset has no overall table`() throws {
        let board = try board(["a", "b"], [1, 1, 0])
        let overall = try #require(board.overall.first)
        #expect(overall.rows.map { $0.rank?.value } == [1.5, 1.5, 3])
        #expect(overall.records?[0][1].ties == 2)
        let single = try self.board(["a"], [0.9, 0.3])
        #expect(single.overall.isEmpty)
        #expect(try JSONValue(parsing: single.jsonBytes, place: "board")["overall"] == [])
        #expect(!String(decoding: single.csvBytes, as: UTF8.self).contains("overall_rank"))
    }

    @Test func `intervals of mean ranks hold the truth, ties included`() throws {
        // Two that are equal, then one that is far below: true mean ranks 1.5, 1.5, 3.
        var missed = 0
        for draw in 0..<10 {
            let board = try board(["a", "b"], [0.7, 0.7, 0.3], items: 200, seed: "draw \(draw)")
            let overall = try #require(board.overall.first)
            let isHeld = overall.rows.allSatisfy { row in
                let truth = row.name == "random (trials=3)" ? 3 : 1.5
                return row.rank?.interval.map { $0.low <= truth && truth <= $0.high } ?? false
            }
            if !isHeld { missed += 1 }
        }
        // 5 % of 10: four or more are a chance of 1 in 1,000.
        #expect(missed < 4)
    }
}
