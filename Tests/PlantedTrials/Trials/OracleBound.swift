import Aggregator
import RouteGridBase

/// Random tables, many of them easy: nobody does better than the oracle.
package struct OracleBound: PlantedTrial {
    private static let metrics = ["nauc_shared", "accuracy", "ps", "rank_score", "apgr", "gain", "aiq"]

    package init() {}

    package var name: String { "oracle" }
    package var usualTables: Int { 1_000 }

    package struct Outcome: Sendable {
        /// Metrics on which some competitor stands above the oracle, with by how much.
        var above: [String: Double]
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        let models = 2 + generator.below(6)
        var table = PlantedTable(models: models)
        let ease = 0.5 + 0.5 * generator.uniform()
        let missing = generator.below(3) == 0 ? 0.1 : 0
        let spread = [0, 0.3, 1][generator.below(3)]
        let prices = (0..<models).map { _ in 1 + 20 * generator.uniform() * generator.uniform() }
        let levels = prices.map { _ in ease - 0.3 * generator.uniform() }
        for row in 0..<(150 + generator.below(300)) {
            let difficulty = generator.uniform()
            var (quality, cost) = ([Double](), [Double]())
            for model in 0..<models {
                let isMissing = generator.uniform() < missing
                let chance = min(1, levels[model] + 0.4 * (0.5 - difficulty))
                let drawn = generator.outcome(chance)
                let paid = prices[model] * (1 + spread * (generator.uniform() - 0.5))
                quality.append(isMissing ? .nan : drawn)
                cost.append(isMissing ? .nan : paid)
            }
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: quality,
                cost: cost,
                text: [Float(difficulty)] + generator.noise(2)
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.4, dev: 0.2, test: 0.4, seed: 1}]
                modality: [text]
                routers:
                  - oracle
                  - best-single
                  - cheapest
                  - {kind: random-mix, points: 10}
                  - {kind: fixed, model: [\(table.models.joined(separator: ", "))]}
                  - {kind: knn, k: [1, 10]}
                  - linear
                statistics: {bootstrap: 0}
                """
        )
        let rows = try run.board().rows
        guard let oracle = rows.first(where: \.isBound) else { throw RouteGridError(.checkFailed, "no oracle") }
        var above: [String: Double] = [:]
        for metric in Self.metrics {
            let best = rows.filter { !$0.isBound }.compactMap { $0.value(metric) }.max()
            if let best, let bound = oracle.value(metric), best > bound + 1e-9 { above[metric] = best - bound }
        }
        return Outcome(above: above)
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        Self.metrics.map { metric in
            let found = outcomes.compactMap { $0.above[metric] }
            let most = found.max() ?? 0
            return .share(
                "tables with a row above the oracle in \(metric), by up to \(most)",
                found.count,
                of: outcomes.count,
                .atMost(0)
            )
        }
    }
}
