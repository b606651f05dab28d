import Aggregator
import RouteGridBase

/// The same records under two seeds of the resamples: how many rows get another range of ranks.
package struct StatisticsSeeds: PlantedTrial {
    let rows: Int

    package init(rows: Int) { self.rows = rows }

    package var name: String { "seeds-\(rows)" }
    package var usualTables: Int { 200 }
    private var limit: Double { rows <= 50 ? 0.02 : 0.06 }

    package struct Outcome: Sendable {
        var differing: Int
        var rows: Int
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: rows)
        let levels = (0..<rows).map { _ in 0.5 + 0.2 * generator.uniform() }
        let costs = (0..<rows).map { _ in 1 + 9 * generator.uniform() }
        for row in 0..<1_000 {
            let difficulty = generator.uniform()
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: levels.map { generator.outcome($0 + 0.5 * (0.5 - difficulty)) },
                cost: costs
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.3, dev: 0.1, test: 0.6, seed: 1}]
                routers: [{kind: fixed, model: [\(table.models.joined(separator: ", "))]}]
                """
        )
        let (one, other) = try (run.board(seed: 1), run.board(seed: 2))
        let ranks = Dictionary(uniqueKeysWithValues: other.rows.map { ($0.job, $0.standing?.rank) })
        return Outcome(
            differing: one.rows.count { $0.standing?.rank != ranks[$0.job] ?? nil },
            rows: one.rows.count
        )
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let rows = outcomes.reduce(0) { $0 + $1.rows }
        return [
            .share(
                "rows whose rank range moves with the seed of the resamples",
                outcomes.reduce(0) { $0 + $1.differing },
                of: rows,
                // Rows of a table share their decisions.
                independent: max(rows / 5, 1),
                .atMost(limit)
            )
        ]
    }
}
