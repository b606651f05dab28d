import Aggregator
import RouteGridBase

/// Twenty rows that are equally good: a board may not tell them apart.
package struct EqualRows: PlantedTrial {
    package enum Kind: String, Sendable {
        /// Twenty models, each of its own cost.
        case singles = "equal-singles"
        /// Twenty routers that learn from noise.
        case neighbours = "equal-routers"
        /// Twenty models, five twins a prompt, split by prompt.
        case twins
    }

    static let chance = 0.6
    static let rows = 20
    let kind: Kind

    package init(kind: Kind) { self.kind = kind }

    package var name: String { kind.rawValue }
    package var usualTables: Int { 2_000 }

    package struct Outcome: Sendable {
        var isSeparated: Bool
        /// Whether the interval of the ranking metric of the first row in grid order covers the truth.
        var covered: Bool
        /// Of twins that are not grouped: whether the board says so.
        var isFlagged: Bool
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: kind == .neighbours ? 7 : Self.rows)
        let costs = table.models.indices.map { 1 + Double($0) }
        for prompt in 0..<(kind == .twins ? 150 : 500) {
            let quality = costs.map { _ in generator.outcome(Self.chance) }
            for twin in 0..<(kind == .twins ? 5 : 1) {
                let id = "\(seed)-\(number)-\(prompt)"
                table.add("\(id)-\(twin)", prompt: id, quality: quality, cost: costs, text: generator.noise(4))
            }
        }
        let run = try InProcessRun(table, grid: grid(table, groupBy: kind == .twins ? "prompt" : "sample"))
        let rows = try run.board().rows.filter { !$0.isBound }
        guard rows.count == Self.rows, rows.allSatisfy({ $0.standing != nil }) else {
            throw RouteGridError(.checkFailed, "expected \(Self.rows) rows with ranks, found \(rows.count)")
        }
        let first = rows.min { ($0.job["router"]?.canonicalText ?? "") < ($1.job["router"]?.canonicalText ?? "") }
        let interval = first?.interval("nauc_shared")
        return Outcome(
            isSeparated: rows.contains { $0.standing?.rank != 1...Self.rows },
            covered: interval.map { $0.low <= Self.chance && Self.chance <= $0.high } ?? false,
            isFlagged: kind == .twins
                ? try InProcessRun(table, grid: grid(table, groupBy: "sample")).board().saysTwins : false
        )
    }

    private func grid(_ table: PlantedTable, groupBy: String) -> String {
        let routers =
            switch kind {
            case .neighbours: "{kind: knn, k: [1, 2, 3, 4, 5, 7, 10, 15, 25, 50], metric: [cosine, euclidean]}"
            case .singles, .twins: "{kind: fixed, model: [\(table.models.joined(separator: ", "))]}"
            }
        return """
            splits: [{kind: random, train: 0.2, dev: 0.1, test: 0.7, group_by: \(groupBy), seed: 1}]
            modality: [text]
            routers: [\(routers)]
            """
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let count = outcomes.count
        var bars = [
            Bar.share("tables of equal rows separated", outcomes.count(where: \.isSeparated), of: count, .atMost(0.05)),
            Bar.share("interval of nauc_shared covers", outcomes.count(where: \.covered), of: count, .atLeast(0.935)),
        ]
        if kind == .twins {
            bars.append(
                .share(
                    "twins that are not grouped are flagged",
                    outcomes.count(where: \.isFlagged),
                    of: count,
                    .atLeast(1)
                )
            )
        }
        return bars
    }
}

extension Leaderboard {
    /// Whether something on the board says that rows are twins of each other.
    fileprivate var saysTwins: Bool {
        rows.contains { row in row.flags.contains { $0.rawValue.contains("twin") || $0.rawValue.contains("duplicate") }
        }
    }
}
