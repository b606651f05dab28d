import Aggregator
import PlantedTrials
import RouteGridBase
import Testing

@Suite struct RoutingSharesTests {
    private static func board(splits: String = "0") throws -> Leaderboard {
        var generator = Xoshiro256(trial: "shares", seed: 1, table: 0)
        var table = PlantedTable(models: 3)
        for row in 0..<300 {
            let side = generator.uniform() < 0.5
            table.add(
                "row \(row)",
                quality: [generator.outcome(side ? 0.9 : 0.3), generator.outcome(side ? 0.3 : 0.9), 0],
                cost: [1, 20, 2],
                text: [Float(side ? 1 : -1)] + generator.noise(3)
            )
        }
        return try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.4, dev: 0.2, test: 0.4, seed: 1, index: [\(splits)]}]
                modality: [text]
                routers:
                  - {kind: knn, k: 9}
                  - cheapest
                  - oracle
                budgets: {rule: threshold, at: exact}
                """
        ).board()
    }

    private static func row(_ kind: String, of board: Leaderboard) throws -> JSONValue {
        try #require(board.rows.map(\.json).first { $0["router"]?["kind"]?.stringValue == kind })
    }

    @Test func `one model gets everything of its own row, and shares of others add up to one`() throws {
        let board = try Self.board()
        let cheapest = try Self.row("cheapest", of: board)
        #expect(cheapest["routing"]?["models"]?.arrayValue?.count == 1)
        #expect(cheapest["routing"]?["models"]?.arrayValue?.first?["share"]?.numberValue == 1)
        #expect(cheapest["routing"]?["dearest"]?["share"]?.numberValue == 0)
        let routing = try #require(try Self.row("knn", of: board)["routing"])
        let places = try #require(routing["places"]?.arrayValue)
        #expect(places.count > 1 && places.count <= 6)
        for place in places {
            let shares = (place["models"]?.arrayValue ?? []).compactMap { $0["share"]?.numberValue }
            let sum = shares.reduce(0, +)
            #expect(abs(sum - 1) < 1e-12, "\(place)")
            #expect(shares == shares.sorted(by: >), "\(place)")
        }
        // More money, more of the dearest model.
        let dearest = places.compactMap { $0["dearest"]?.numberValue }
        let (first, last) = (try #require(dearest.first), try #require(dearest.last))
        #expect(first < last, "\(places)")
        let text = String(decoding: board.csvBytes, as: UTF8.self)
        #expect(text.contains("routed_to,dearest_model,dearest_share"))
        #expect(text.contains("opt_sel,opt_cost,opt_acc"))
    }

    @Test func `an oracle's choices are the best, and means over splits are of both`() throws {
        let board = try Self.board(splits: "0, 1")
        let oracle = try Self.row("oracle", of: board)["metrics"]
        #expect(oracle?["opt_sel"]?["v"]?.numberValue == 1, "\(oracle ?? .null)")
        #expect(oracle?["gap_closed"]?["v"]?.numberValue == 1, "\(oracle ?? .null)")
        let knn = try Self.row("knn", of: board)
        #expect(knn["metrics"]?["opt_acc"]?["sd"]?.numberValue != nil)
        let shares = (knn["routing"]?["models"]?.arrayValue ?? []).compactMap { $0["share"]?.numberValue }
        let sum = shares.reduce(0, +)
        #expect(abs(sum - 1) < 1e-12)
    }
}
