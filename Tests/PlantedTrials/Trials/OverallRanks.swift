import Aggregator
import RouteGridBase
import Scoring

/// Six models on three datasets, some of them equal: the intervals of the overall ranks must hold the true ones.
package struct OverallRanks: PlantedTrial {
    /// The chance of a right answer, by dataset and model: two pairs are equal on the first two, all are on the third.
    static let chances = [
        [0.80, 0.70, 0.70, 0.60, 0.60, 0.50], [0.75, 0.70, 0.70, 0.65, 0.65, 0.60], [Double](repeating: 0.65, count: 6),
    ]

    package init() {}

    package var name: String { "overall-ranks" }
    package var usualTables: Int { 1_000 }

    package struct Outcome: Sendable {
        /// By model; nil where it has none.
        var isHeld: [Bool?]
        var widths: [Double]
        /// The mean rank less the true one.
        var errors: [Double]
    }

    /// The true mean rank of each model; equal ones share theirs.
    static let truth: [Double] = chances[0].indices.map { model in
        let ranks = chances.map { row in
            Double(row.count { $0 > row[model] }) + Double(row.count { $0 == row[model] } + 1) / 2
        }
        return ranks.reduce(0, +) / Double(ranks.count)
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        let tables = Self.chances.enumerated().map { place, chances in
            var table = PlantedTable(models: chances.count)
            for row in 0..<600 {
                // Answers to one question go together: what one model solves, others solve more often.
                let ease = generator.uniform() < 0.5 ? 0.15 : -0.15
                table.add(
                    "\(seed)-\(number)-\(place)-\(row)",
                    quality: chances.map { generator.outcome($0 + ease) },
                    cost: chances.indices.map { 1 + Double($0) }
                )
            }
            return (name: "planted\(place)", table: table)
        }
        let run = try InProcessRun(
            tables,
            grid: """
                splits: [{kind: random, train: 0.2, dev: 0.1, test: 0.7, seed: 1}]
                modality: [text]
                routers: [{kind: fixed, model: [\(tables[0].table.models.joined(separator: ", "))]}]
                """
        )
        guard let overall = try run.board().overall.first, overall.rows.count == Self.truth.count else {
            throw RouteGridError(.checkFailed, "expected one overall table of \(Self.truth.count) rows")
        }
        var outcome = Outcome(isHeld: [], widths: [], errors: [])
        for (model, truth) in zip(tables[0].table.models, Self.truth) {
            guard let row = overall.rows.first(where: { $0.name.contains("model=\(model)") }), let rank = row.rank
            else {
                throw RouteGridError(.checkFailed, "no overall row of \(model)")
            }
            outcome.isHeld.append(rank.interval.map { $0.low - 1e-9 <= truth && truth <= $0.high + 1e-9 })
            outcome.widths.append(rank.interval.map { $0.high - $0.low } ?? .nan)
            outcome.errors.append(rank.value - truth)
        }
        return outcome
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let held = outcomes.flatMap(\.isHeld)
        var bars = [
            Bar.share(
                "boards whose intervals hold all true mean ranks",
                outcomes.count { $0.isHeld.allSatisfy { $0 == true } },
                of: outcomes.count,
                .atLeast(0.95)
            ),
            Bar.share(
                "intervals that hold the true mean rank",
                held.count { $0 == true },
                of: held.count,
                independent: outcomes.count,
                .atLeast(0.95)
            ),
            Bar.median("width of an interval", outcomes.flatMap(\.widths)),
        ]
        for (model, truth) in Self.truth.enumerated() {
            let rank = JSONValue.shortestText((truth * 100).rounded() / 100)
            bars.append(.median("  of true mean rank \(rank)", outcomes.map { $0.widths[model] }))
        }
        bars.append(.mean("mean rank less the true one", outcomes.flatMap(\.errors), .none))
        return bars
    }
}
