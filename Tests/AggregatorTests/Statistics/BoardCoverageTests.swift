import Aggregator
import Catalog
import RouteGridBase
import RoutingCore
import RoutingData
import TestSupport
import Testing

/// Intervals of boards on samples of a population whose metrics are known.
@Suite(.tags(.slow)) struct BoardCoverageTests {
    static let costs = [1.0, 2, 4, 9]
    /// Train and dev rows are the same in every draw, and with them the frozen operating points.
    static let trainRows = 200
    static let split = Split(
        kind: .heldOut(train: ["train"], test: ["test"], dev: 0.5, groupBy: .sample),
        seed: 1
    )

    /// A table of which the test rows are drawn by `seed`, and what a router predicts for each row.
    private struct Draw {
        var samples: [Sample] = []
        var quality: [Double] = []
        var cost: [Double] = []
        var predictedQuality: [Double] = []
        var predictedCost: [Double] = []

        init(seed: Int, items: Int) {
            var train = Xoshiro256(seed: HashedText.digest(["coverage of boards", "train"]))
            for row in 0..<trainRows { add(Sample(id: "t\(row)", dataset: "train", group: "t"), &train) }
            var test = Xoshiro256(seed: HashedText.digest(["coverage of boards", String(seed)]))
            for row in 0..<items { add(Sample(id: "\(seed)-\(row)", dataset: "test", group: "g"), &test) }
        }

        private mutating func add(_ sample: Sample, _ generator: inout Xoshiro256) {
            samples.append(sample)
            let difficulty = generator.fraction()
            let length = 0.5 + generator.fraction()
            for (model, price) in costs.enumerated() {
                let chance = min(0.98, 0.35 + 0.18 * Double(model) + 0.3 * (0.5 - difficulty))
                quality.append(generator.fraction() < chance ? 1 : 0)
                cost.append(price * length * (0.8 + 0.4 * generator.fraction()))
                predictedQuality.append(chance + 0.3 * (generator.fraction() - 0.5))
                predictedCost.append(price * length)
            }
        }

        var table: OutcomeTable {
            OutcomeTable(
                models: costs.indices.map { "m\($0)" },
                samples: samples,
                quality: matrix(quality),
                cost: matrix(cost)
            )
        }

        var router: PlantedRouter {
            let (quality, cost) = (matrix(predictedQuality), matrix(predictedCost))
            return PlantedRouter { rows in .predictions(quality: quality.rows(rows), cost: cost.rows(rows)) }
        }

        private func matrix(_ elements: [Double]) -> Matrix<Double> {
            Matrix(rows: samples.count, columns: costs.count, elements: elements)
        }
    }

    @Test func `95 % intervals cover the truth in 93 to 97 of 100 boards`() throws {
        let metrics = ["accuracy", "mean_cost", "nauc_shared"]
        let configuration = RouterConfiguration(kind: "knn", parameters: ["k": 1])
        let population = Draw(seed: -1, items: 300_000)
        let experiment = try FittedExperiment(
            request: FitRequest(
                router: configuration,
                mode: .sound,
                streams: RandomStreams(seed: 0, splitIndex: 0, routerKind: "knn"),
                table: population.table,
                parts: Self.split.parts(of: population.samples)
            ),
            router: population.router
        )
        let result = try experiment.evaluate(EvaluationRequest(part: .test, rule: .threshold, budget: .exact)).result
        let truth = try metrics.map { try #require(result["metrics"]?[$0]?["v"]?.numberValue) }
        let seeds = plantedSeeds(400)
        var covered = [Int](repeating: 0, count: metrics.count)
        for seed in seeds {
            let draw = Draw(seed: seed, items: 600)
            var records = PlantedRecords(draw.table)
            try records.add(configuration, split: Self.split, router: draw.router)
            let row = try #require(try records.board().rows.first)
            for (place, value) in truth.enumerated() {
                let interval = try #require(row.interval(metrics[place]))
                if interval.low <= value, value <= interval.high { covered[place] += 1 }
            }
        }
        print("boards of \(seeds) whose interval covers the truth: \(zip(metrics, covered).map { "\($0) \($1)" })")
        for (metric, count) in zip(metrics, covered) {
            let share = Double(count) / Double(seeds.count)
            #expect(share >= 0.93 && share <= 0.97, "\(metric): \(count) of \(seeds.count)")
        }
    }

    /// Test parts of repeated random splits overlap: with a weight of its own in each split an item would count as
    /// several, and the interval of the mean would cover less.
    @Test func `intervals of means over overlapping splits cover the truth too`() throws {
        let (items, seeds) = (400, plantedSeeds(200))
        var covered = 0
        for seed in seeds {
            var generator = Xoshiro256(seed: HashedText.digest(["coverage over splits", String(seed)]))
            let table = OutcomeTable(
                models: ["a", "b"],
                samples: (0..<items).map { Sample(id: "\(seed)-\($0)", dataset: "d", group: "g\($0)") },
                quality: Matrix(
                    rows: items,
                    columns: 2,
                    elements: (0..<items * 2).map { _ in generator.fraction() < 0.7 ? 1 : 0 }
                ),
                cost: Matrix(rows: items, columns: 2, elements: (0..<items * 2).map { 1 + Double($0 % 2) })
            )
            let choices = (0..<items).map { _ in UInt8(generator.below(2)) }
            var records = PlantedRecords(table)
            for index in 0..<5 {
                let kind = Split.Kind.random(train: 0.4, dev: 0, test: 0.6, groupBy: .sample)
                try records.add(choices: choices, number: 1, split: Split(kind: kind, seed: seed, index: index))
            }
            let board = try records.board()
            let row = try #require(board.rows.first)
            #expect(board.rows.count == 1 && row.splits == [0, 1, 2, 3, 4])
            let interval = try #require(row.interval("accuracy"))
            if interval.low <= 0.7, 0.7 <= interval.high { covered += 1 }
        }
        print("means over five splits: \(covered) of \(seeds) intervals cover the truth")
        let share = Double(covered) / Double(seeds.count)
        #expect(share >= 0.93 && share <= 0.97, "\(covered) of \(seeds.count)")
    }
}
