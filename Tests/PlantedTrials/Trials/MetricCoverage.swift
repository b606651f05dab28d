import Aggregator
import RouteGridBase

/// Every metric of a board that has an interval, against its value on a population: how often the interval holds it.
///
/// Train and dev rows, and with them routers and frozen points, are the same in all tables of a kind; the test rows are
/// drawn anew. Half of the kinds have models that rise with their cost, half have equal ones.
package struct MetricCoverage: PlantedTrial {
    static let kinds = 4
    static let costs = [1.0, 2, 4, 9]
    private let population: Int
    private let truths = LockedBox<[Place: [String: [String: Double]]]>([:])

    /// - Parameter population: test rows that stand for all.
    package init(population: Int = 100_000) { self.population = population }

    package var name: String { "coverage" }
    package var usualTables: Int { 2_000 }

    private struct Place: Hashable {
        var seed: Int
        var kind: Int
    }

    package struct Outcome: Sendable {
        /// By metric, then router.
        var found: [String: [String: Reading]]
    }

    package struct Reading: Sendable {
        var value: Double
        var truth: Double
        /// Whether the interval holds the truth; nil without one.
        var isCovered: Bool?
    }

    package func outcome(table number: Int, seed: Int) throws -> Outcome {
        let place = Place(seed: seed, kind: number % Self.kinds)
        let truth = try truths.withLock { known in
            if let truth = known[place] { return truth }
            let truth = try values(place, test: "population", items: population, bootstrap: 0).mapValues { row in
                Dictionary(
                    uniqueKeysWithValues: row.metrics.keys.compactMap { name in row.value(name).map { (name, $0) } }
                )
            }
            known[place] = truth
            return truth
        }
        var found: [String: [String: Reading]] = [:]
        for (router, row) in try values(place, test: String(number), items: 600, bootstrap: 1_000) {
            for metric in row.metrics.keys {
                guard let value = row.value(metric), let truth = truth[router]?[metric] else { continue }
                let isCovered = row.interval(metric).map { $0.low - 1e-12 <= truth && truth <= $0.high + 1e-12 }
                let name = Self.isEqual(place.kind) ? "\(metric) of equal models" : metric
                found[name, default: [:]][router] = Reading(value: value, truth: truth, isCovered: isCovered)
            }
        }
        return Outcome(found: found)
    }

    /// The rows of a board by their router.
    private func values(_ place: Place, test: String, items: Int, bootstrap: Int) throws -> [String: BoardRow] {
        var table = PlantedTable(models: Self.costs.count)
        var fixed = Xoshiro256(trial: name + " train", seed: place.seed, table: place.kind)
        let slope = Self.isEqual(place.kind) ? 0 : 0.12
        for row in 0..<800 { Self.add("\(place.kind)-\(row)", "train", slope, to: &table, &fixed) }
        var drawn = Xoshiro256(seed: HashedText.digest([name, String(place.seed), String(place.kind), test]))
        for row in 0..<items { Self.add("\(place.seed)-\(test)-\(row)", "test", slope, to: &table, &drawn) }
        let run = try InProcessRun(
            table,
            grid: """
                splits: [{kind: held-out, train: [train], test: [test], dev: 0.5, seed: 1}]
                modality: [text]
                routers:
                  - {kind: linear, l2: 0.001}
                  - {kind: knn, k: 30, metric: euclidean}
                  - {kind: kmeans, clusters: 6}
                  - {kind: random-mix, points: 5}
                  - best-single
                  - cheapest
                seeds: [0]
                statistics: {bootstrap: \(bootstrap)}
                """
        )
        let rows = try run.board().rows.filter { !$0.isBound }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.job["router"]?.canonicalText ?? "", $0) })
    }

    private static func isEqual(_ kind: Int) -> Bool { kind % 2 == 1 }

    /// Adds a row; a model is right more often by `slope` than the next cheaper one.
    private static func add(
        _ id: String,
        _ part: String,
        _ slope: Double,
        to table: inout PlantedTable,
        _ generator: inout Xoshiro256
    ) {
        let difficulty = generator.uniform()
        let length = 0.5 + generator.uniform()
        let quality = costs.indices.map { model in
            generator.outcome(min(0.98, 0.4 + slope * Double(model) + 0.5 * (0.5 - difficulty)))
        }
        table.add(
            id,
            dataset: part,
            quality: quality,
            cost: costs.map { $0 * length * (0.8 + 0.4 * generator.uniform()) },
            text: [Float(difficulty), Float(length), Float(generator.normal())]
        )
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        Set(outcomes.flatMap(\.found.keys)).sorted().flatMap { metric in
            let tables = outcomes.compactMap { $0.found[metric] }
            let all = tables.flatMap(\.values)
            let covered = all.compactMap(\.isCovered)
            var bars = [Bar.mean("\(metric): value less truth", all.map { $0.value - $0.truth }, .none)]
            if !covered.isEmpty {
                bars.append(
                    .share(
                        "\(metric): intervals that hold the truth",
                        covered.count { $0 },
                        of: covered.count,
                        independent: tables.count,
                        .atLeast(0.935)
                    )
                )
            }
            let worst = Set(tables.flatMap(\.keys)).compactMap { router in
                let covered = tables.compactMap { $0[router]?.isCovered ?? nil }
                return covered.isEmpty ? nil : (hits: covered.count { $0 }, count: covered.count, router: router)
            }.min { $0.hits * $1.count < $1.hits * $0.count }
            if let worst { bars.append(.share("  least, \(worst.router)", worst.hits, of: worst.count, .none)) }
            return bars
        }
    }
}
