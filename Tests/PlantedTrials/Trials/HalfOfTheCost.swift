import Aggregator
import Grid
import RouteGridBase

/// A cheap model that answers the easy half of the questions as the dear one does: routing saves half of the cost.
package struct HalfOfTheCost: PlantedTrial {
    let items: Int

    /// - Parameter items: rows of the table: 3 in 10 train, 2 in 10 dev, 5 in 10 test.
    package init(items: Int = 10_000) { self.items = items }

    package var name: String { "half-cost" }
    package var usualTables: Int { 400 }

    package struct Outcome: Sendable {
        /// By the name of the router: QNC where it is shown.
        var shown: [String: Double?]
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: 2)
        for row in 0..<items {
            let isHard = generator.uniform() < 0.5
            var quality: [Double]
            if isHard {
                quality = [generator.outcome(0.3), generator.outcome(0.7)]
            } else {
                // Alike on nine of ten; else one of the two is right, each as often as the other.
                let common = generator.outcome(0.85)
                let odd = generator.uniform()
                quality = odd < 0.05 ? [1, 0] : odd < 0.1 ? [0, 1] : [common, common]
            }
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: quality,
                cost: [1, 50].map { $0 * (0.8 + 0.4 * generator.uniform()) },
                text: [Float((isHard ? 1 : -1) + 0.1 * generator.normal())] + generator.noise(3)
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.3, dev: 0.2, test: 0.5, seed: 1}]
                modality: [text]
                routers:
                  - {kind: linear, l2: [0.001, 0.1]}
                  - {kind: knn, k: [50, 100], metric: euclidean}
                  - {kind: kmeans, clusters: [2, 8]}
                  - best-single
                seeds: [0]
                """
        )
        let rows = try run.board().rows.filter { !$0.isBound && $0.routerKind != "best-single" }
        return Outcome(
            shown: Dictionary(
                uniqueKeysWithValues: rows.map { ($0.job["router"]?.canonicalText ?? "", $0.value("qnc")) }
            )
        )
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        Set(outcomes.flatMap(\.shown.keys)).sorted().flatMap { router in
            let values = outcomes.compactMap { $0.shown[router] ?? nil }
            return [
                Bar.share(
                    "QNC shown by \(router)",
                    values.count,
                    of: outcomes.count,
                    router.contains("\"linear\"") ? .atLeast(0.8) : .none
                ),
                Bar.mean("its mean", values, .none),
            ]
        }
    }
}
