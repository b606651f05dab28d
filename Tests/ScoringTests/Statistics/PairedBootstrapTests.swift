import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

@Suite struct PairedBootstrapTests {
    /// A random part with `points` nested operating points; dense: independent choices at each point.
    private func setting(seed: Int, points: Int, dense: Bool, mode: EvaluationMode = .sound) throws -> (
        ground: EvaluationGround, outcomes: ItemOutcomes, choices: Matrix<ModelNumber>, weights: BootstrapWeights
    ) {
        var generator = Xoshiro256(seed: HashedText.digest(["paired bootstrap", String(seed)]))
        let (items, models) = (60, 4)
        func matrix(_ value: () -> Double) -> Matrix<Double> {
            Matrix(rows: 2 * items, columns: models, elements: (0..<2 * items * models).map { _ in value() })
        }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<2 * items).map { Sample(id: "s\($0)", dataset: "d", group: "g\($0 / 3)") },
            quality: matrix { generator.below(2) == 0 ? 1 : 0 },
            cost: matrix { generator.uniform() }
        )
        let parts = SplitParts(train: Array(0..<items), dev: [], test: Array(items..<2 * items))
        let ground = try EvaluationGround(table, parts: parts, mode: mode)
        let quality = Matrix(
            rows: items,
            columns: models,
            elements: (0..<items * models).map { _ in generator.uniform() }
        )
        let cost = Matrix(rows: items, columns: models, elements: (0..<items * models).map { _ in generator.uniform() })
        let sweep = ThresholdSweep(quality: quality, cost: cost, order: ground.order)
        let choices =
            dense
            ? Matrix(
                rows: points,
                columns: items,
                elements: (0..<points * items).map { _ in ModelNumber(generator.below(models)) }
            )
            : sweep.choices(at: (0..<points).map { Double($0) / Double(points) })
        let weights = BootstrapWeights(
            clusters: parts.test.map { table.samples[$0].group },
            replicates: 40,
            seed: seed,
            splitIndex: 0
        )
        return (ground, try ground.outcomes(of: .test), choices, weights)
    }

    @Test(arguments: 0..<20, [false, true])
    func `each replicate equals the metrics of a table with its items repeated`(seed: Int, dense: Bool) throws {
        let points = 1 + seed % 5 * 3
        let mode: EvaluationMode = seed % 4 == 3 ? .compat : .sound
        let (ground, outcomes, choices, weights) = try setting(seed: seed, points: points, dense: dense, mode: mode)
        let largest = points - 1
        var reference = ground.reference(on: outcomes, picks: .unpicked(why: "not read"))
        // Picks of some other part: any points will do, mixtures among them.
        let elsewhere = (0..<points).map { point in
            let (step, level) = (Double(point * (1 + seed % 3)), Double(point * 7 % 11))
            return OperatingPoint(cost: 0.2 + 0.05 * step, accuracy: 0.4 + 0.02 * level)
        }
        reference.picks = CurvePicks(
            on: DevReadings(
                points: elsewhere,
                goal: 0.5,
                cheapest: OperatingPoint(cost: 0.1, accuracy: 0.35),
                lowestCost: 0.1,
                strongCost: 0.9
            ),
            largest: largest
        )
        let best = ground.bestSingle(on: outcomes)
        let bootstrap = PairedBootstrap(
            ground,
            outcomes: outcomes,
            weights: weights
        )
        let replicates = bootstrap.replicates(of: CurveMetric.allCases, choices: choices, reference: reference)
        let byItem = (0..<outcomes.items).map { weights.weights(ofItem: $0) }
        for replicate in 0..<weights.replicates {
            // The part with each item as often as its weight says.
            let drawn = (0..<outcomes.items).flatMap { [Int](repeating: $0, count: Int(byItem[$0][replicate])) }
            func point(_ model: (Int) -> Int) -> OperatingPoint {
                OperatingPoint(
                    cost: exactMean(drawn.map { outcomes.cost[$0, model($0)] }),
                    accuracy: exactMean(drawn.map { outcomes.quality[$0, model($0)] })
                )
            }
            var resampled = reference
            resampled.cheapest = point { _ in ground.pool.cheapest }
            resampled.best = point { _ in best }
            resampled.oracleAccuracy = exactMean(drawn.map { outcomes.quality.row($0).max() ?? 0 })
            let curve = (0..<points).map { row in point { Int(choices[row, $0]) } }
            let metrics = MetricFormulae(points: curve, reference: resampled)
            for (row, metric) in CurveMetric.allCases.enumerated() {
                let (found, expected) = (replicates[row, replicate], metrics[metric].number ?? .nan)
                // Compat reads the frontier, which jumps where rounding breaks a tie.
                if dense, mode == .compat, metric != .accuracy, metric != .meanCost { continue }
                #expect(
                    found.isNaN == expected.isNaN && !(abs(found - expected) > 1e-9 * max(1, abs(expected))),
                    "seed \(seed), replicate \(replicate), \(metric.rawValue): \(found), expected \(expected)"
                )
            }
        }
    }

    @Test(arguments: 0..<10)
    func `influences are what a metric changes by when a cluster weighs more`(seed: Int) throws {
        let (ground, outcomes, choices, weights) = try setting(seed: seed, points: 1 + seed, dense: seed % 2 == 0)
        let reference = ground.reference(on: outcomes, picks: .unpicked(largest: seed, why: "not read"))
        let bootstrap = PairedBootstrap(ground, outcomes: outcomes, weights: weights)
        let curve = bootstrap.curve(choices, reference: reference)
        for metric in [CurveMetric.accuracy, .meanCost, .naucShared, .regret] {
            var influences = [Double](repeating: 0, count: weights.drawn.count)
            curve.addInfluences(on: metric, times: 1, to: &influences)
            #expect(abs(influences.reduce(0, +)) < 1e-7)
            for cluster in [0, 7, influences.count - 1] {
                // Items of one cluster weigh a little more than the others.
                func value(_ extra: Double) throws -> Double {
                    let byItem = weights.drawn.clusterOfItem.map { $0 == cluster ? 1 + extra : 1 }
                    let total = byItem.reduce(0, +)
                    func point(_ model: (Int) -> Int) -> OperatingPoint {
                        var (cost, quality) = (0.0, 0.0)
                        for item in 0..<outcomes.items {
                            cost += byItem[item] * outcomes.cost[item, model(item)]
                            quality += byItem[item] * outcomes.quality[item, model(item)]
                        }
                        return OperatingPoint(cost: cost / total, accuracy: quality / total)
                    }
                    var moved = reference
                    moved.cheapest = point { _ in ground.pool.cheapest }
                    moved.best = point { _ in ground.bestSingle(on: outcomes) }
                    let best = (0..<outcomes.items).map { byItem[$0] * (outcomes.quality.row($0).max() ?? 0) }
                    moved.oracleAccuracy = best.reduce(0, +) / total
                    let points = (0..<choices.rows).map { row in point { Int(choices[row, $0]) } }
                    return try #require(MetricFormulae(points: points, reference: moved)[metric].number)
                }
                let slope = (try value(1e-6) - value(-1e-6)) / 2e-6
                #expect(abs(slope - influences[cluster]) < 1e-6, "\(metric.rawValue), cluster \(cluster)")
            }
        }
    }
}
