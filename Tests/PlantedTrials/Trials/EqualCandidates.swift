import Aggregator
import RouteGridBase

/// Twenty models that are equally good: whichever `select` takes is right in 60 of 100 cases.
package struct EqualCandidates: PlantedTrial {
    package enum Split: String, Sendable {
        case random, folds, twins

        fileprivate var yaml: String {
            switch self {
            case .random: "{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1, index: \"range(0,5)\"}"
            case .folds: "{kind: kfold, folds: 5, dev: 0.2, seed: 1, index: \"range(0,5)\"}"
            case .twins:
                "{kind: random, train: 0.6, dev: 0.2, test: 0.2, group_by: prompt, seed: 1, index: \"range(0,5)\"}"
            }
        }
    }

    static let chance = 0.6
    let split: Split

    package init(split: Split) { self.split = split }

    package var name: String { "selected-\(split.rawValue)" }
    package var usualTables: Int { 2_000 }

    package struct Outcome: Sendable {
        var reported: Double
        var covered: Bool
        var isFlagged: Bool
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: 20)
        let costs = (1...20).map(Double.init)
        for prompt in 0..<300 {
            let quality = costs.map { _ in generator.outcome(Self.chance) }
            for twin in 0..<(split == .twins ? 5 : 1) {
                let id = "\(seed)-\(number)-\(prompt)"
                table.add("\(id)-\(twin)", prompt: id, quality: quality, cost: costs)
            }
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [\(split.yaml)]
                routers: [{kind: fixed, model: [\(table.models.joined(separator: ", "))]}]
                select: {metric: accuracy, on: dev, per: [dataset, split, router.kind]}
                """
        )
        let board = try run.board()
        guard let row = board.rows.first, board.rows.count == 1, let value = row.value("accuracy"),
            let interval = row.interval("accuracy")
        else { throw RouteGridError(.checkFailed, "expected one row of the selected, found \(board.rows.count)") }
        return Outcome(
            reported: value,
            covered: interval.low <= Self.chance && Self.chance <= interval.high,
            isFlagged: row.flags.contains { $0.rawValue == "leaky" }
        )
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let covered = outcomes.count(where: \.covered)
        return [
            .mean(
                "value of the selected, truth \(Self.chance)",
                outcomes.map(\.reported),
                .within(Self.chance - 0.005...Self.chance + 0.005)
            ),
            .share("its 95 % interval covers the truth", covered, of: outcomes.count, .atLeast(0.935)),
            .share("flagged leaky", outcomes.count(where: \.isFlagged), of: outcomes.count, .none),
        ]
    }
}
