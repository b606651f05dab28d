import Aggregator
import Catalog
import Foundation
import RouteGridBase
import RoutingCore
import RoutingData
import TestSupport
import Testing

/// Verdicts of boards of real records on tables whose truth is obvious.
@Suite struct VerdictTests {
    /// Two models of which `quality` says who is right; the first is the dearer one unless costs are equal.
    static func table(_ items: Int, costs: [Double] = [10, 1], _ quality: (Int) -> [Double]) -> OutcomeTable {
        OutcomeTable(
            models: ["dear", "cheap"],
            samples: (0..<items).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: Matrix(rows: items, columns: 2, elements: (0..<items).flatMap(quality)),
            cost: Matrix(rows: items, columns: 2, elements: (0..<items).flatMap { _ in costs })
        )
    }

    static let split = Split(kind: .random(train: 0.3, dev: 0.2, test: 0.5, groupBy: .sample), seed: 1, index: 0)

    /// A board of best-single, cheapest, the oracle and one router that chooses as given.
    static func records(
        _ table: OutcomeTable,
        kind: String = "linear",
        _ choice: @escaping @Sendable (Int) -> Int
    ) throws -> PlantedRecords {
        var records = PlantedRecords(table)
        for kind in ["best-single", "cheapest", "oracle"] {
            try records.add(RouterConfiguration(kind: kind, parameters: [:]), split: split)
        }
        try records.add(
            RouterConfiguration(kind: kind, parameters: ["l2": 1]),
            split: split,
            router: PlantedRouter { rows in .policies([rows.map(choice)]) }
        )
        return records
    }

    private func verdict(_ records: PlantedRecords) throws -> Verdict {
        try #require(try records.board().verdicts.first)
    }

    /// Right on 6 of 10, and on other items than the other model.
    private static let complements = table(1_000) { $0 % 10 < 6 ? [1, 0] : [0, 1] }
    /// Alike on all items but one in a hundred, on which the dearer one is right.
    private static let alike = table(1_000) { $0 % 100 == 99 ? [1, 0] : $0 % 10 < 7 ? [1, 1] : [0, 0] }

    @Test func `a router that is right where the best single model is not is better`() throws {
        let board = try Self.records(Self.complements) { $0 % 10 < 6 ? 0 : 1 }.board()
        let verdict = try #require(board.verdicts.first)
        #expect(verdict.kind == .better)
        #expect(verdict.router == "linear (l2=1)")
        #expect(verdict.text.hasPrefix("linear (l2=1) beats the best single model: accuracy +0."))
        let named = try #require(verdict.row)
        #expect(board.sections[0].rows[named].routerKind == "linear")
    }

    @Test func `the same quality for less is cheaper, and what it costs has a bound`() throws {
        let verdict = try verdict(Self.records(Self.alike) { $0 % 10 < 5 ? 1 : 0 })
        #expect(verdict.kind == .cheaper)
        #expect(verdict.router == "linear (l2=1)")
        #expect(
            verdict.text.hasPrefix("No router is shown to be more accurate than the best single model; one keeps its")
        )
        #expect(
            verdict.text.contains(" % of its cost (at most ") && verdict.text.contains(" within 0.02 for less: linear")
        )
    }

    @Test func `equal quality at equal cost is tied, and nothing is said to be saved`() throws {
        let table = Self.table(1_000, costs: [10, 10]) { $0 % 10 < 7 ? [1, 1] : [0, 0] }
        let verdict = try verdict(Self.records(table) { $0 % 2 })
        #expect(verdict.kind == .tied)
        #expect(verdict.router == "linear (l2=1)")
        #expect(verdict.text.contains("the cheapest of the tied is linear (l2=1)") && !verdict.text.contains("% of"))
    }

    @Test func `a router that is worse than the best single model is not named`() throws {
        let verdict = try verdict(Self.records(Self.complements) { $0 % 10 < 6 ? 1 : 0 })
        #expect(verdict.kind == .tied && verdict.router == nil && verdict.row == nil)
        #expect(verdict.text.hasSuffix("use that model."))
    }

    @Test func `few items separate nothing, and the number of those that would is said`() throws {
        var generator = Xoshiro256(seed: HashedText.digest(["sixty items"]))
        let draws = (0..<120).map { _ in [generator.fraction() < 0.6 ? 1.0 : 0, generator.fraction() < 0.6 ? 1 : 0] }
        let verdict = try verdict(Self.records(Self.table(120, costs: [10, 10]) { draws[$0] }) { $0 % 2 })
        #expect(verdict.kind == .tooFew && verdict.router == nil)
        #expect(
            verdict.text.hasPrefix("60 test items cannot separate these from the best single model within 0.02; about ")
        )
    }

    @Test(arguments: ["random", "fixed", "strongest"])
    func `a reference is never named`(kind: String) throws {
        let verdict = try verdict(Self.records(Self.complements, kind: kind) { $0 % 10 < 6 ? 0 : 1 })
        #expect(verdict.kind == .tooFew && verdict.router == nil)
        #expect(verdict.text == "Cannot separate: the table has no router, only what routers are measured against.")
    }

    @Test func `a missing interval counts as not separated`() throws {
        let folder = try TemporaryFolder()
        let records = try Self.records(Self.complements) { $0 % 10 < 6 ? 0 : 1 }
        try records.write(to: folder.path, withBlobs: false)
        let verdict = try #require(try Aggregation([RecordSource(path: folder.path)]).board.verdicts.first)
        #expect(verdict.kind == .tooFew && verdict.router == nil)
        #expect(verdict.text.hasPrefix("Cannot separate: there are no intervals, because "))
    }

    @Test func `seeds that disagree leave a router unnamed`() throws {
        // On each seed clearly better, by amounts far apart: the router as trained again may be anything.
        var records = PlantedRecords(Self.complements)
        try records.add(RouterConfiguration(kind: "best-single", parameters: [:]), split: Self.split)
        for (seed, share) in [(0, 7), (1, 10)] {
            try records.add(
                RouterConfiguration(kind: "mlp", parameters: [:]),
                seed: seed,
                split: Self.split,
                router: PlantedRouter { rows in .policies([rows.map { $0 % 10 < 6 || $0 % 10 >= share ? 0 : 1 }]) }
            )
        }
        let verdict = try verdict(records)
        #expect(verdict.kind == .tooFew && verdict.router == nil)
        #expect(verdict.trustLine.contains("(!) 2 random seeds, which say little"))
    }

    @Test func `every check is stated either way`() throws {
        let verdict = try verdict(Self.records(Self.complements) { $0 % 10 < 6 ? 0 : 1 })
        #expect(
            verdict.trust.map(\.name) == [
                "sealed", "test reads", "coverage", "missing", "twins", "costs", "seeds", "records",
            ]
        )
        #expect(verdict.trust.map(\.isFine) == [false, true, true, true, true, true, true, true])
        #expect(verdict.trustLine.hasPrefix("Can you trust this? (!) unsealed: test was read without a selection"))
    }

    @Test func `the verdict stands in the JSON file, above the table and on the terminal`() throws {
        let board = try Self.records(Self.alike) { $0 % 10 < 5 ? 1 : 0 }.board()
        let verdict = try #require(board.verdicts.first)
        let json = try JSONValue(parsing: board.jsonBytes, place: "leaderboard.json")
        let member = try #require(json["verdicts"]?.arrayValue?.first)
        #expect(member["kind"] == "cheaper" && member["router"] == "linear (l2=1)")
        #expect(member["text"] == .string(verdict.text))
        #expect(member["dataset"] == "planted" && member["rule"] == "threshold" && member["mode"] == "sound")
        let row = try #require(member["row"]?.integerValue)
        #expect(json["rows"]?.arrayValue?[row - 1]["router"]?["kind"] == "linear")
        let bound = try #require(member["bounds"]?["qnc_cost"]?["hi"]?.numberValue)
        #expect(bound < 1)
        let page = String(decoding: board.markdownBytes, as: UTF8.self)
        let sentence = try #require(page.range(of: "No router is shown to be more accurate"))
        let table = try #require(page.range(of: "| rank"))
        #expect(sentence.lowerBound < table.lowerBound && page.contains("Can you trust this?"))
        let printed = BoardPage(isWhole: true).text(board.tables(.brief), bold: false)
        #expect(printed.contains(verdict.text) && printed.contains(verdict.briefTrustLine))
    }
}
