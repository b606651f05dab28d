import Catalog
package import RouteGridBase
import RoutingData
import Scoring

/// Made-up work of a stated size, for benchmarks: the caller holds the clock.
package struct CoreWorkload: Sendable {
    private let quality: Matrix<Double>
    private let cost: Matrix<Double>
    private let ground: EvaluationGround
    private let outcomes: ItemOutcomes

    /// Random predictions and outcomes, all costs distinct: the worst case of a sweep.
    ///
    /// - Throws: ``RouteGridError`` as ``EvaluationGround`` does.
    package init(items: Int, models: Int, seed: Int) throws(RouteGridError) {
        var generator = Xoshiro256(seed: HashedText.digest(["core workload", String(seed)]))
        func matrix(_ value: () -> Double) -> Matrix<Double> {
            Matrix(rows: items, columns: models, elements: (0..<items * models).map { _ in value() })
        }
        quality = matrix { generator.uniform() }
        cost = matrix { generator.uniform() }
        let table = OutcomeTable(
            models: (0..<models).map { "m\($0)" },
            samples: (0..<items).map { Sample(id: "s\($0)", dataset: "d", group: "s\($0)") },
            quality: matrix { generator.uniform() < 0.6 ? 1 : 0 },
            cost: matrix { generator.uniform() }
        )
        let parts = SplitParts(train: [0], dev: [], test: Array(0..<items))
        ground = try EvaluationGround(table, parts: parts, mode: .sound)
        outcomes = try ground.outcomes(of: .test)
    }

    /// The exact threshold sweep from unsorted predictions: the sort, and every operating point.
    ///
    /// - Returns: how many operating points there are.
    package func sweep() -> Int {
        ThresholdSweep(quality: quality, cost: cost, order: ground.order).curve(of: outcomes).count
    }

    /// The exact penalty sweep: hulls, the sort of all breakpoints, and every operating point.
    ///
    /// - Returns: how many operating points there are.
    package func penaltySweep() -> Int {
        PenaltySweep(quality: quality, cost: cost, scale: 1, order: ground.order).curve(of: outcomes).count
    }

    /// What a board makes of a table: `rows` curves of `points` thresholds, all metrics on `replicates` resamples in
    /// float64, and all pairs compared.
    ///
    /// - Returns: how many pairs are separated.
    package func board(rows: Int, points: Int, replicates: Int) -> Int {
        let weights = BootstrapWeights(
            clusters: (0..<outcomes.items).map { "s\($0)" },
            replicates: replicates,
            seed: 1,
            splitIndex: 0
        )
        let bootstrap = PairedBootstrap(ground, outcomes: outcomes, weights: weights)
        let sweep = ThresholdSweep(quality: quality, cost: cost, order: ground.order)
        let unpicked = ground.reference(on: outcomes, picks: .unpicked(why: "not picked"))
        var estimates: [Double] = []
        var influences = Matrix<Double>(repeating: 0, rows: rows, columns: weights.drawn.count)
        for row in 0..<rows {
            let choices = sweep.choices(at: (0..<points).map { Double($0 + row + 1) / Double(points + rows) })
            var reference = unpicked
            reference.picks = CurvePicks(on: DevReadings(outcomes.points(of: choices), of: reference))
            let curve = bootstrap.curve(choices, reference: reference)
            estimates.append(MetricFormulae(points: curve.points, reference: reference)[.naucShared].number ?? 0)
            var values = Matrix<Double>(repeating: 0, rows: CurveMetric.allCases.count, columns: replicates)
            bootstrap.add(CurveMetric.allCases, of: curve, to: &values)
            var own = [Double](repeating: 0, count: influences.columns)
            curve.addInfluences(on: .naucShared, times: 1, to: &own)
            influences.elements.replaceSubrange(row * own.count..<(row + 1) * own.count, with: own)
        }
        return PairedComparison(
            estimates: estimates,
            influences: influences,
            drawn: weights.drawn,
            clusters: weights.clusters,
            alpha: 0.05,
            direction: .higherIsBetter
        ).isBetter.reduce(0) { sum, row in sum + row.count { $0 } }
    }

    /// All metrics of a record with `points` frozen thresholds on `replicates` resamples, weights included.
    ///
    /// - Returns: how many values there are.
    package func bootstrap(points: Int, replicates: Int) -> Int {
        let thresholds = (0..<points).map { Double($0 + 1) / Double(points) }
        let choices = ThresholdSweep(quality: quality, cost: cost, order: ground.order).choices(at: thresholds)
        let weights = BootstrapWeights(
            clusters: (0..<outcomes.items).map { "s\($0)" },
            replicates: replicates,
            seed: 1,
            splitIndex: 0
        )
        var reference = ground.reference(on: outcomes, picks: .unpicked(why: "not picked"))
        reference.picks = CurvePicks(on: DevReadings(outcomes.points(of: choices), of: reference))
        return PairedBootstrap(ground, outcomes: outcomes, weights: weights)
            .replicates(of: CurveMetric.allCases, choices: choices, reference: reference).elements.count
    }
}
