import Aggregator
import Grid
import RouteGridBase

/// Seven models of 0.6, one of 0.66 at fifty times the cost, and embeddings without a meaning: nothing can be saved.
package struct NoRoutingPossible: PlantedTrial {
    static let margin = 0.02
    static let chances = [Double](repeating: 0.6, count: 7) + [0.66]
    static let costs = (0..<7).map { 1 + 0.05 * Double($0) } + [50]

    package init() {}

    package var name: String { "no-routing" }
    package var usualTables: Int { 400 }

    package struct Outcome: Sendable {
        var rows: Int
        /// Rows with a value of QNC.
        var shown: Int
        /// Those whose point is truly worse than the best single model by the margin or more.
        var misleading: Int
        /// Rows whose interval of the gap holds the true gap, and rows with one.
        var covered: Int
        var gaps: Int
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: number)
        var table = PlantedTable(models: 8)
        for row in 0..<1_500 {
            table.add(
                "\(seed)-\(number)-\(row)",
                quality: Self.chances.map { generator.outcome($0) },
                cost: Self.costs.map { $0 * (0.8 + 0.4 * generator.uniform()) },
                text: generator.noise(8)
            )
        }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]
                modality: [text]
                routers:
                  - {kind: knn, k: [1, 3, 5, 10, 20, 40], metric: [cosine, euclidean]}
                  - {kind: linear, l2: [0.001, 0.1, 10]}
                  - {kind: kmeans, clusters: [2, 5, 10, 20]}
                  - best-single
                seeds: [0]
                """
        )
        var found = Outcome(rows: 0, shown: 0, misleading: 0, covered: 0, gaps: 0)
        for row in try run.board().rows where !row.isBound {
            found.rows += 1
            let gap = try row.parityGap(of: run, chances: Self.chances)
            guard let gap else { continue }
            if row.value("qnc") != nil {
                found.shown += 1
                if gap <= -Self.margin { found.misleading += 1 }
            }
            if let interval = row.interval("qnc_gap") {
                found.gaps += 1
                if interval.low <= gap, gap <= interval.high { found.covered += 1 }
            }
        }
        return found
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let wrong = outcomes.count { $0.misleading > 0 }
        let rows = outcomes.reduce(0) { $0 + $1.rows }
        let tables = outcomes.count
        return [
            .share("tables with a QNC at a point truly worse by the margin", wrong, of: tables, .atMost(0.05)),
            .share("rows with a QNC", outcomes.reduce(0) { $0 + $1.shown }, of: rows, independent: tables, .none),
            .share(
                "tables where every interval of the gap holds the true gap",
                outcomes.count { $0.covered == $0.gaps },
                of: tables,
                outcomes.contains { $0.gaps > 0 } ? .atLeast(0.935) : .none
            ),
        ]
    }
}

extension BoardRow {
    /// The true gap in accuracy between the points where QNC is read and the best single model, where every item of a
    /// model is right with the same chance: the mean over the row's runs.
    ///
    /// Nil when some run has no such point.
    func parityGap(of run: InProcessRun, chances: [Double]) throws -> Double? {
        var gaps: [Double] = []
        for part in runs {
            guard let key = part.jobKeys.first, part.jobKeys.count == 1 else { return nil }
            let record = try run.record(key)
            let metrics = record.result["metrics"]
            let places = ["qnc", "qnc_gap", "qnc_cost"].compactMap { metrics?[$0]?["at"]?.integerValue }
            guard let place = places.first else { return nil }
            let chosen = try run.choices(of: record)[place]
            let best = try run.bestSingle(splitIndex: part.splitIndex)
            gaps.append(chosen.reduce(0) { $0 + chances[$1] - chances[best] } / Double(chosen.count))
        }
        return gaps.isEmpty ? nil : gaps.reduce(0, +) / Double(gaps.count)
    }
}
