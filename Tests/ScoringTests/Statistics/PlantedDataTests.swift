import Catalog
import RouteGridBase
import RoutingData
import Scoring
import TestSupport
import Testing

/// Data whose truth is known: the statistics of a board must find it as often as they claim.
@Suite(.tags(.slow)) struct PlantedDataTests {
    /// Twenty routers that choose at random, on six models of equal quality; router 0 wins a share more often.
    private struct EqualRouters {
        static let routers = 20
        static let items = 400
        let outcomes: ItemOutcomes
        let choices: [Matrix<ModelNumber>]
        let ground: EvaluationGround

        /// Draws the data; router 0 always takes a seventh model, which is right more often by `lift`.
        init(seed: Int, lift: Double) throws {
            var generator = Xoshiro256(seed: HashedText.digest(["planted routers", String(seed)]))
            let models = 7
            let items = Self.items
            let rows = items + 2
            let quality = (0..<rows * models).map { cell in
                generator.uniform() < (cell % models == 6 ? 0.6 + lift : 0.6) ? 1.0 : 0
            }
            let table = OutcomeTable(
                models: (0..<models).map { "m\($0)" },
                samples: (0..<rows).map { Sample(id: "s\(seed)-\($0)", dataset: "d", group: "s\($0)") },
                quality: Matrix(rows: rows, columns: models, elements: quality),
                cost: Matrix(rows: rows, columns: models, elements: (0..<rows * models).map { 1 + Double($0 % models) })
            )
            let parts = SplitParts(train: [items, items + 1], dev: [], test: Array(0..<items))
            ground = try EvaluationGround(table, parts: parts, mode: .sound)
            outcomes = try ground.outcomes(of: .test)
            choices = (0..<Self.routers).map { router in
                let elements = (0..<items).map { _ in router == 0 ? ModelNumber(6) : ModelNumber(generator.below(6)) }
                return Matrix(rows: 1, columns: items, elements: elements)
            }
        }

        func comparison(seed: Int) -> PairedComparison {
            let drawn = DrawnClusters((0..<Self.items).map { "s\(seed)-\($0)" }, seed: seed, splitIndex: 0)
            let weights = BootstrapWeights(of: drawn, replicates: 1)
            let reference = ground.reference(on: outcomes, picks: .unpicked(why: "not read"))
            let bootstrap = PairedBootstrap(ground, outcomes: outcomes, weights: weights)
            let rows = choices.flatMap { choices in
                var influences = [Double](repeating: 0, count: Self.items)
                bootstrap.curve(choices, reference: reference)
                    .addInfluences(on: .accuracy, times: 1, to: &influences)
                return influences
            }
            return PairedComparison(
                estimates: choices.map { outcomes.points(of: $0)[0].accuracy },
                influences: Matrix(rows: Self.routers, columns: Self.items, elements: rows),
                drawn: drawn,
                clusters: ClusterCount(equal: Self.items),
                alpha: 0.05,
                direction: .higherIsBetter
            )
        }
    }

    @Test func `twenty equal routers are separated in less than one draw in twenty`() throws {
        let seeds = plantedSeeds(200)
        let separated = try seeds.count { seed in
            try EqualRouters(seed: seed, lift: 0).comparison(seed: seed).isBetter.contains { $0.contains(true) }
        }
        let interval = Interval.wilson(Double(separated) / Double(seeds.count), of: seeds.count, alpha: 0.05)
        print("falsely separated: \(separated) of \(seeds), 95 % interval \(interval.low)…\(interval.high)")
        #expect(interval.low <= 0.05, "\(separated) of \(seeds.count) seeds")
    }

    /// Prompts of a few long and many short items: as many independent outcomes as prompts would be too many.
    @Test func `routers are seldom separated on clusters of unequal size`() {
        let (routers, draws) = (8, plantedSeeds(200))
        let sizes = (0..<60).map { 1 + 400 / (($0 + 2) * ($0 + 2)) }
        let total = Double(sizes.reduce(0, +))
        let separated = draws.count { seed in
            var generator = Xoshiro256(seed: HashedText.digest(["planted clusters", String(seed)]))
            let clusters = sizes.enumerated().flatMap { cluster, size in
                [String](repeating: "\(seed)-\(cluster)", count: size)
            }
            let drawn = DrawnClusters(clusters, seed: seed, splitIndex: 0)
            var influences = Matrix<Double>(repeating: 0, rows: routers, columns: sizes.count)
            var estimates = [Double](repeating: 0, count: routers)
            for router in 0..<routers {
                let sums = sizes.map { generator.uniform() * Double($0) }
                estimates[router] = sums.reduce(0, +) / total
                for (cluster, size) in sizes.enumerated() {
                    influences[router, cluster] = (sums[cluster] - Double(size) * estimates[router]) / total
                }
            }
            return PairedComparison(
                estimates: estimates,
                influences: influences,
                drawn: drawn,
                clusters: ClusterCount(weights: sizes.map(Double.init)),
                alpha: 0.05,
                direction: .higherIsBetter
            ).isBetter.contains { $0.contains(true) }
        }
        print("falsely separated on unequal clusters: \(separated) of \(draws)")
        #expect(Interval.wilson(Double(separated) / Double(draws.count), of: draws.count, alpha: 0.05).low <= 0.05)
    }

    @Test func `a gap of twice the smallest detectable difference is found`() throws {
        let seeds = plantedSeeds(50)
        // The difference of two independent accuracies at 0.6 and 0.6 + lift. The largest of 190 differences of twenty
        // routers' noise exceeds 3.6 standard errors in 4.3 % of draws; 3.68 with the variance that is not seen.
        let n = Double(EqualRouters.items)
        var lift = 0.2
        for _ in 0..<20 { lift = 2 * (3.68 + 0.84) * ((0.24 + (0.6 + lift) * (0.4 - lift)) / n).squareRoot() }
        var found = 0
        var detectable = 0.0
        for seed in seeds {
            let comparison = try EqualRouters(seed: seed, lift: lift).comparison(seed: seed)
            found += comparison.isBetter[0].count { $0 }
            detectable += comparison.detectable.compactMap { $0 }.reduce(0, +)
        }
        let pairs = seeds.count * (EqualRouters.routers - 1)
        print("gap \(lift), mean MDE \(detectable / Double(pairs)), found \(found) of \(pairs)")
        #expect(abs(detectable / Double(pairs) - lift / 2) < 0.05 * lift)
        #expect(Double(found) >= 0.8 * Double(pairs))
    }
}
