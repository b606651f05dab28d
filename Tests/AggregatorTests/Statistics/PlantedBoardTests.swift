import Aggregator
import Catalog
import RouteGridBase
import RoutingData
import Scoring
import TestSupport
import Testing

/// Data whose truth is known: a board must find it as often as it claims.
@Suite(.tags(.slow)) struct PlantedBoardTests {
    static let routers = 20
    static let items = 400
    /// Tests on the items after two train rows.
    static let split = Split(
        kind: .heldOut(train: ["train"], test: ["test"], dev: 0, groupBy: .sample),
        seed: 1
    )

    /// The board of twenty routers that choose among six models of one quality, each item anew.
    ///
    /// `seed` draws data and resamples. A seventh model, which the first router always takes when there is a lift, is
    /// right more often by `lift`. `costs` are those of each model but the dearest, which nobody takes: means, and with
    /// a lift of every item.
    private func board(seed: Int, lift: Double, costs: [Double]) throws -> Leaderboard {
        var generator = Xoshiro256(seed: HashedText.digest(["planted board", String(seed)]))
        let (rows, models) = (Self.items + 2, 8)
        var quality: [Double] = []
        var cost: [Double] = []
        for row in 0..<rows {
            for model in 0..<models {
                quality.append(generator.fraction() < (model == 6 ? 0.6 + lift : 0.6) ? 1 : 0)
                let mean = model < 7 ? costs[model] : 8
                cost.append(row < 2 || lift > 0 ? mean : mean * (0.5 + generator.fraction()))
            }
        }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<rows).map {
                Sample(id: "s\(seed)-\($0)", dataset: $0 < 2 ? "train" : "test", group: "g\($0)")
            },
            quality: Matrix(rows: rows, columns: models, elements: quality),
            cost: Matrix(rows: rows, columns: models, elements: cost)
        )
        var records = PlantedRecords(table)
        records.statistics = ["bootstrap": 1_000, "alpha": 0.05, "cluster": "sample", "seed": JSONValue(seed)]
        for router in 0..<Self.routers {
            let choices = (0..<rows).map { _ in router == 0 && lift > 0 ? 6 : UInt8(generator.below(6)) }
            try records.add(choices: choices, number: router, split: Self.split)
        }
        let board = try records.board()
        #expect(board.remarks.isEmpty && board.rows.allSatisfy { $0.standing != nil })
        return board
    }

    @Test func `less than one board in twenty separates equal routers`() throws {
        let seeds = plantedSeeds(200)
        let separated = try seeds.count { seed in
            let rows = try board(seed: seed, lift: 0, costs: [1, 2, 3, 4, 5, 6, 7]).rows
            return rows.contains { $0.standing?.rank != 1...Self.routers }
        }
        let interval = Interval.wilson(Double(separated) / Double(seeds.count), of: seeds.count, alpha: 0.05)
        print("boards that separate equals: \(separated) of \(seeds), 95 % interval \(interval.low)…\(interval.high)")
        #expect(interval.low <= 0.05, "\(separated) of \(seeds.count) boards")
    }

    @Test func `a gap of twice the smallest detectable difference is found in four of five boards`() throws {
        let seeds = plantedSeeds(50)
        // All models cost the same, so that the shared area is the accuracy; the difference of two independent ones.
        // The largest of 190 differences exceeds 3.6 standard errors in 4.3 % of draws; 3.68 with the variance not
        // seen.
        let n = Double(Self.items)
        var lift = 0.2
        for _ in 0..<20 { lift = 2 * (3.68 + 0.84) * ((0.24 + (0.6 + lift) * (0.4 - lift)) / n).squareRoot() }
        var found = 0
        var detectable: [Double] = []
        for seed in seeds {
            let rows = try board(seed: seed, lift: lift, costs: [Double](repeating: 1, count: 7)).rows
            let best = try #require(rows.first { $0.job["router"]?["trials"] == 0 })
            // Everybody whom the planted leader beats has a rank behind it.
            found += rows.count { ($0.standing?.rank.lowerBound ?? 1) > 1 && best.standing?.rank.lowerBound == 1 }
            detectable += rows.compactMap { $0.standing?.detectable }
        }
        let pairs = seeds.count * (Self.routers - 1)
        let mean = detectable.reduce(0, +) / Double(detectable.count)
        print("gap \(lift), mean MDE \(mean), found \(found) of \(pairs)")
        #expect(detectable.count == pairs)
        #expect(abs(mean - lift / 2) < 0.05 * lift)
        #expect(Double(found) >= 0.8 * Double(pairs))
    }
}
