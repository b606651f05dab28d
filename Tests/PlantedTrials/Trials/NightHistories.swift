import Aggregator
import Foundation
import Nightly
import RouteGridBase
import RoutingData
import Scoring

/// Histories of sixty nights of twenty routers, each night with a fresh draw of all answers and of the seeds: what the
/// verdict of each night is.
///
/// Night 1 is the reference, and so a draw itself. On night 10 a quarter of the answers is lost, on 20 prices change,
/// on 40 a router is new, on 50 the items are others; after these (but the first) a person moves the reference. Where a
/// drop is planted, one router loses 1.5 times the smallest difference that the first board says it can detect (`MDE`)
/// on nights 30, 31 and 32.
package struct NightHistories: PlantedTrial {
    let hasDrop: Bool

    package init(hasDrop: Bool) { self.hasDrop = hasDrop }

    package var name: String { hasDrop ? "nightly-drop" : "nightly-quiet" }
    package var usualTables: Int { 500 }

    private static let (nights, routers, items, models, seeds) = (60, 20, 600, 5, 3)
    private static let (outage, price, drop, addition, data) = (10, 20, 30, 40, 50)
    /// The router that loses.
    private static let loser = 7
    private static let alpha = 0.05

    package struct Outcome: Sendable {
        /// The first night with an alarm that nothing planted explains.
        var falseAlarm: Int?
        /// How many nights after the drop it was found, naming the right router.
        var delay: Int?
        var isOutageSeen = false
        var isPriceSeen = false
        var isAdditionSeen = false
        var isDataSeen = false
        /// Ordinary nights, and those that were not clean.
        var ordinary = 0
        var unclean = 0
    }

    package func outcome(table: Int, seed: Int) throws -> Outcome {
        var generator = Xoshiro256(trial: name, seed: seed, table: table)
        var world = World(&generator)
        var outcome = Outcome()
        var reference = world.night(&generator)
        let loss = 1.5 * world.detectable(reference, router: Self.loser, seed: seed)
        var look = 0
        for number in 2...Self.nights {
            if number == Self.data {
                world = World(&generator)
            }
            let isDropped = hasDrop && (Self.drop..<Self.drop + 3).contains(number)
            let tonight = world.night(
                &generator,
                losing: isDropped ? loss : 0,
                lost: number == Self.outage ? 0.25 : 0
            )
            let evidence = Self.evidence(reference, tonight, number)
            let verdict = NightVerdict(evidence, judge: NightJudge(alpha: Self.alpha, look: look + 1))
            if verdict.spends { look += 1 }
            switch number {
            case Self.outage: outcome.isOutageSeen = verdict.verdict == .incomplete
            case Self.price: outcome.isPriceSeen = verdict.verdict == .changed
            case Self.addition: outcome.isAdditionSeen = verdict.verdict == .changed
            case Self.data: outcome.isDataSeen = verdict.verdict == .changed && verdict.text.contains("accept")
            default:
                guard !isDropped else { break }
                outcome.ordinary += 1
                if verdict.verdict != .clean { outcome.unclean += 1 }
            }
            if verdict.verdict == .regressed {
                if isDropped, verdict.alarms == ["r\(Self.loser)"] {
                    if outcome.delay == nil { outcome.delay = number - Self.drop }
                } else if outcome.falseAlarm == nil {
                    outcome.falseAlarm = number
                }
            }
            if [Self.price, Self.addition, Self.data].contains(number) { reference = tonight }
        }
        return outcome
    }

    /// What became of each row: by identity where something was changed, by numbers besides.
    private static func evidence(_ before: Night, _ now: Night, _ number: Int) -> NightEvidence {
        var rows = (0..<routers).map { router in
            let estimate = Night.estimate(before.routers[router], now.routers[router])
            switch number {
            case price:
                return NightEvidence.Row(
                    name: "r\(router)",
                    kind: .price,
                    causes: [.prices, .outcomes, .runs],
                    estimate: estimate
                )
            case data: return NightEvidence.Row(name: "r\(router)", kind: .data, causes: [.items, .runs])
            default:
                return NightEvidence.Row(
                    name: "r\(router)",
                    kind: .withinNoise,
                    causes: [.outcomes, .runs],
                    estimate: estimate
                )
            }
        }
        for canary in 0...models {
            rows.append(
                NightEvidence.Row(
                    name: canary == models ? "oracle" : "fixed-\(canary)",
                    kind: number == data ? .data : number == price ? .price : .withinNoise,
                    causes: number == data ? [.items] : number == price ? [.prices, .outcomes] : [.outcomes],
                    estimate: Night.estimate(before.canaries[canary], now.canaries[canary]),
                    isCanary: true
                )
            )
        }
        if number == addition { rows.append(NightEvidence.Row(name: "new", kind: .new, causes: [])) }
        return NightEvidence(rows: rows, summary: "A history.")
    }

    package func bars(_ outcomes: [Outcome]) -> [Bar] {
        let count = outcomes.count
        func share(_ words: String, _ promise: Bar.Promise, _ isHit: (Outcome) -> Bool) -> Bar {
            .share(words, outcomes.count(where: isHit), of: count, promise)
        }
        var bars = [
            share("histories with a false alarm", .atMost(0.05)) { $0.falseAlarm != nil },
            share("outages classed as such", .atLeast(0.99), \.isOutageSeen),
            share("price changes classed as such", .atLeast(0.99), \.isPriceSeen),
            share("new routers classed as such", .atLeast(0.99), \.isAdditionSeen),
            share("other data classed as such", .atLeast(0.99), \.isDataSeen),
            .share(
                "ordinary nights that are not clean",
                outcomes.reduce(0) { $0 + $1.unclean },
                of: outcomes.reduce(0) { $0 + $1.ordinary },
                independent: count,
                .atMost(0.01)
            ),
        ]
        if hasDrop {
            bars += [
                share("drops of 1.5 MDE found within three nights", .atLeast(0.8)) { $0.delay != nil },
                share("drops found on the first night", .none) { $0.delay == 0 },
            ]
        }
        return bars
    }

    // MARK: One night

    /// What each row brought on each item, and the means of its seeds.
    private struct Row: Sendable {
        var items: [Double]
        var seeds: [Double]
    }

    private struct Night: Sendable {
        var routers: [Row]
        /// Each model, then the oracle.
        var canaries: [Row]

        /// As boards pair two rows of one name: by items, with other seeds.
        static func estimate(_ before: Row, _ now: Row) -> PairedEstimate {
            let count = Double(now.items.count)
            let differences = zip(before.items, now.items).map { $1 - $0 }
            let mean = differences.reduce(0, +) / count
            let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            func variance(_ values: [Double]) -> Double {
                let error = StepDownTest.standardError(values)
                return values.count > 1 ? error * error / Double(values.count) : 0
            }
            return PairedEstimate(
                value: mean,
                itemError: squares.squareRoot() / count,
                seedError: (variance(before.seeds) + variance(now.seeds)).squareRoot(),
                seedDegrees: max(0, before.seeds.count - 1) + max(0, now.seeds.count - 1),
                isPaired: true,
                clusters: count
            )
        }
    }

    /// Items, models and routers whose truth stays from night to night.
    private struct World: Sendable {
        /// `[items][models]`: how often each model is right.
        private let levels: [[Double]]
        /// `[routers][items]`: the model that a router sends an item to, but for what its seed changes.
        private let choices: [[Int]]

        init(_ generator: inout Xoshiro256) {
            let skills = (0..<models).map { _ in 0.35 + 0.3 * generator.uniform() }
            var levels: [[Double]] = []
            for _ in 0..<items {
                let ease = 1.2 * (generator.uniform() - 0.5)
                levels.append(skills.map { min(0.98, max(0.02, $0 + ease + 0.3 * (generator.uniform() - 0.5))) })
            }
            self.levels = levels
            choices = (0..<routers).map { router in
                let skill = 0.3 + 0.4 * Double(router) / Double(routers)
                return (0..<items).map { item in
                    if generator.uniform() < skill {
                        return levels[item].indices.max { levels[item][$0] < levels[item][$1] } ?? 0
                    }
                    return Int(generator.uniform() * Double(models))
                }
            }
        }

        /// Draws all answers and seeds.
        func night(_ generator: inout Xoshiro256, losing loss: Double = 0, lost: Double = 0) -> Night {
            let answers = levels.map { item in
                item.map { level -> Double in
                    let isRight = generator.uniform() < level
                    return generator.uniform() < lost ? 0 : isRight ? 1 : 0
                }
            }
            // The loser sends so many of its items to the worst model that it loses as much as is asked.
            let gaps = levels.indices.map { levels[$0][choices[loser][$0]] - (levels[$0].min() ?? 0) }
            let share = loss / max(gaps.reduce(0, +) / Double(items), 1e-9)
            let rows = (0..<routers).map { router -> Row in
                var row = Row(items: [Double](repeating: 0, count: items), seeds: [])
                for _ in 0..<seeds {
                    var sum = 0.0
                    for item in 0..<items {
                        var model = choices[router][item]
                        if generator.uniform() < 0.05 { model = Int(generator.uniform() * Double(models)) }
                        if router == loser, loss > 0, generator.uniform() < share {
                            model = levels[item].indices.min { levels[item][$0] < levels[item][$1] } ?? 0
                        }
                        row.items[item] += answers[item][model] / Double(seeds)
                        sum += answers[item][model]
                    }
                    row.seeds.append(sum / Double(items))
                }
                return row
            }
            var canaries = (0..<models).map { model in Row(items: answers.map { $0[model] }, seeds: []) }
            canaries.append(Row(items: answers.map { $0.max() ?? 0 }, seeds: []))
            return Night(routers: rows, canaries: canaries)
        }

        /// The smallest difference that the first night's board says it can detect.
        func detectable(_ night: Night, router: Int, seed: Int) -> Double {
            let means = night.routers.map { $0.items.reduce(0, +) / Double(items) }
            let comparison = PairedComparison(
                estimates: means,
                influences: Matrix(
                    rows: routers,
                    columns: items,
                    elements: zip(night.routers, means).flatMap { row, mean in
                        row.items.map { ($0 - mean) / Double(items) }
                    }
                ),
                drawn: DrawnClusters((0..<items).map { "i\($0)" }, seed: seed, splitIndex: 0),
                clusters: ClusterCount(equal: items),
                alpha: alpha,
                direction: .higherIsBetter,
                limit: ReplicateLimit(most: 2_048)
            )
            return comparison.detectable[router] ?? comparison.detectable.compactMap(\.self).max() ?? 0.1
        }
    }
}
