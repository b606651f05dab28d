import Aggregator
import Grid
import RouteGridBase

/// A cheap model that answered one row in twenty, all of them right: it is no reference, and no single model that
/// anyone should take.
package struct SparseModel: PlantedTrial {
    package init() {}

    package var name: String { "sparse" }
    package var usualTables: Int { 200 }

    package struct Outcome: Sendable {
        var isBest: Bool
        var isCheapest: Bool
        var isFlagged: Bool
        /// Accuracy of the best single model.
        var accuracy: Double
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: 6)
        let sparse = 5
        let costs = [2, 3, 4, 5, 6, 1].map(Double.init)
        for row in 0..<400 {
            let answered = generator.uniform() < 0.05
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: costs.indices.map { $0 == sparse ? (answered ? 1 : .nan) : generator.outcome(0.5) },
                cost: costs.indices.map { $0 == sparse && !answered ? .nan : costs[$0] },
                text: generator.noise(3)
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
                modality: [text]
                routers: [best-single, cheapest, {kind: knn, k: 10}, {kind: fixed, model: \(PlantedTable.model(sparse))}]
                """
        )
        let board = try run.board()
        func always(_ kind: String) throws -> Int? {
            try run.records(kind: kind).first.flatMap { try run.choices(of: $0).first?.first }
        }
        return Outcome(
            isBest: try always("best-single") == sparse,
            isCheapest: try always("cheapest") == sparse,
            isFlagged: board.rows.contains { row in row.flags.contains { $0 == .lowCoverage } },
            accuracy: board.rows.first { $0.routerKind == "best-single" }?.value("accuracy") ?? 0
        )
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let count = outcomes.count
        return [
            .share("best single model is the sparse one", outcomes.count(where: \.isBest), of: count, .atMost(0)),
            .share("cheapest model is the sparse one", outcomes.count(where: \.isCheapest), of: count, .atMost(0)),
            .share("the sparse model is flagged", outcomes.count(where: \.isFlagged), of: count, .atLeast(1)),
            .mean("accuracy of the best single model, truth 0.5", outcomes.map(\.accuracy), .within(0.49...0.51)),
        ]
    }
}
