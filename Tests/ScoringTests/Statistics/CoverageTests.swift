import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import Scoring
import TestSupport
import Testing

/// Intervals on samples of a population whose metrics are known.
@Suite(.tags(.slow)) struct CoverageTests {
    /// A router with ten frozen thresholds over four models, on some items.
    private struct Draw {
        static let costs = [1.0, 2, 4, 9]
        static let thresholds = (0..<10).map { 0.4 + 1.1 * Double($0) }
        let ground: EvaluationGround
        let outcomes: ItemOutcomes
        let choices: Matrix<ModelNumber>
        let reference: CurveReference

        init(seed: Int, items: Int) throws {
            var generator = Xoshiro256(seed: HashedText.digest(["coverage", String(seed)]))
            let models = Self.costs.count
            var quality: [Double] = []
            var cost: [Double] = []
            var predictedQuality: [Double] = []
            var predictedCost: [Double] = []
            for _ in 0..<items {
                let difficulty = generator.uniform()
                let length = 0.5 + generator.uniform()
                for model in 0..<models {
                    let chance = min(0.98, 0.35 + 0.18 * Double(model) + 0.3 * (0.5 - difficulty))
                    quality.append(generator.uniform() < chance ? 1 : 0)
                    cost.append(Self.costs[model] * length * (0.8 + 0.4 * generator.uniform()))
                    predictedQuality.append(chance + 0.3 * (generator.uniform() - 0.5))
                    predictedCost.append(Self.costs[model] * length)
                }
            }
            // The last four rows are train: they fix c_lo = 1 and c_hi = 9 whatever the seed.
            let train = (0..<4).flatMap { _ in Self.costs }
            func matrix(_ elements: [Double], _ rows: Int) -> Matrix<Double> {
                Matrix(rows: rows, columns: models, elements: elements)
            }
            let table = OutcomeTable(
                models: (0..<models).map { "m\($0)" },
                samples: (0..<items + 4).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
                quality: matrix(quality + train.map { $0 / 9 }, items + 4),
                cost: matrix(cost + train, items + 4)
            )
            let parts = SplitParts(train: Array(items..<items + 4), dev: [], test: Array(0..<items))
            ground = try EvaluationGround(table, parts: parts, mode: .sound)
            outcomes = try ground.outcomes(of: .test)
            let sweep = ThresholdSweep(
                quality: matrix(predictedQuality, items),
                cost: matrix(predictedCost, items),
                order: ground.order
            )
            choices = sweep.choices(at: Self.thresholds)
            reference = ground.reference(on: outcomes, picks: .unpicked(largest: 9, why: "not read"))
        }

        func value(_ metric: CurveMetric) -> Double {
            MetricFormulae(points: outcomes.points(of: choices), reference: reference)[metric].number ?? .nan
        }
    }

    @Test func `95 % intervals of accuracy, mean cost and shared area cover the truth in 93 to 97 of 100 draws`() throws
    {
        let population = try Draw(seed: -1, items: 400_000)
        let metrics: [CurveMetric] = [.accuracy, .meanCost, .naucShared]
        let truth = metrics.map { population.value($0) }
        let (seeds, items) = (plantedSeeds(400), 600)
        var covered = [Int](repeating: 0, count: metrics.count)
        var wilson = 0
        for seed in seeds {
            let draw = try Draw(seed: seed, items: items)
            let weights = BootstrapWeights(
                clusters: (0..<items).map { "\(seed)-\($0)" },
                replicates: 1_000,
                seed: seed,
                splitIndex: 0
            )
            let replicates = PairedBootstrap(draw.ground, outcomes: draw.outcomes, weights: weights)
                .replicates(of: metrics, choices: draw.choices, reference: draw.reference)
            for (row, value) in truth.enumerated() {
                guard let interval = Interval.percentile(replicates.row(row), alpha: 0.05) else { continue }
                if interval.low <= value, value <= interval.high { covered[row] += 1 }
            }
            let interval = Interval.wilson(draw.value(.accuracy), of: items, alpha: 0.05)
            if interval.low <= truth[0], truth[0] <= interval.high { wilson += 1 }
        }
        print("coverage of \(seeds): \(zip(metrics.map(\.rawValue), covered).map { "\($0) \($1)" }), Wilson \(wilson)")
        for (metric, count) in zip(metrics, covered) {
            let share = Double(count) / Double(seeds.count)
            #expect(share >= 0.93 && share <= 0.97, "\(metric.rawValue): \(count) of \(seeds.count)")
        }
        let share = Double(wilson) / Double(seeds.count)
        #expect(share >= 0.93 && share <= 0.97, "Wilson: \(wilson) of \(seeds.count)")
    }
}
