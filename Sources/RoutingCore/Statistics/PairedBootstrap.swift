package import RoutingData

/// A record's metrics on every resample of its items.
///
/// Two routers bootstrapped with the same weights are paired: the difference of their replicates is the bootstrap
/// distribution of the difference of their metrics, curve metrics included.
package enum PairedBootstrap {
    /// The replicates of some metrics of one record.
    ///
    /// Operating points and the points that `ps` and `qnc` are read at stay frozen, as do all numbers that train gave;
    /// the router's points, the single models and the oracle are reweighted.
    /// - Parameters:
    ///   - metrics: which metrics.
    ///   - choices: `[points, items]`, the record's choices blob.
    ///   - outcomes: of the evaluated part.
    ///   - reference: of the record, see ``EvaluationGround/reference(on:largest:peak:parity:)``.
    ///   - singles: the models that `reference.cheapest` and `reference.best` stand for.
    ///   - weights: of the evaluated part.
    ///   - sparseLimit: below this many changes of choices times replicates all sums are float64; the default is a fraction
    ///     of a second.
    /// - Returns: `[metrics, replicates]`; NaN where a metric has no value on a resample.
    package static func replicates(
        of metrics: [CurveMetric],
        choices: Matrix<UInt8>,
        outcomes: ItemOutcomes,
        reference: CurveReference,
        singles: (cheapest: Int, best: Int),
        weights: BootstrapWeights,
        sparseLimit: Int = 200_000_000
    ) -> Matrix<Double> {
        let (points, items) = (choices.rows, choices.columns)
        let ofSingles = [singles.cheapest, singles.best].flatMap { [UInt8](repeating: UInt8($0), count: items) }
        let own = WeightedSums(of: choices, outcomes: outcomes, weights: weights, sparseLimit: sparseLimit)
        let single = WeightedSums(
            of: Matrix(rows: 2, columns: items, elements: ofSingles),
            outcomes: outcomes,
            weights: weights,
            sparseLimit: .max
        )
        var oracle = [Double](repeating: 0, count: weights.replicates)
        for item in 0..<items {
            let best = max(0, outcomes.quality.row(item).max() ?? 0)
            WeightedSums.add(best, times: weights.clusterOfItem[item], of: weights.weights, to: &oracle, row: 0)
        }
        let (ownQuality, ownCost) = (own.quality.transposed(), own.cost.transposed())
        var result = [Double](repeating: .nan, count: metrics.count * weights.replicates)
        for replicate in 0..<weights.replicates where weights.totals[replicate] > 0 {
            let total = weights.totals[replicate]
            func mean(_ sums: WeightedSums, _ row: Int) -> OperatingPoint {
                OperatingPoint(cost: sums.cost[row, replicate] / total, accuracy: sums.quality[row, replicate] / total)
            }
            var resampled = reference
            resampled.cheapest = mean(single, 0)
            resampled.best = mean(single, 1)
            resampled.oracleAccuracy = oracle[replicate] / total
            let first = replicate * points
            let resampledPoints = (first..<first + points).map {
                OperatingPoint(cost: ownCost.elements[$0] / total, accuracy: ownQuality.elements[$0] / total)
            }
            let values = CurveMetrics(points: resampledPoints, reference: resampled)
            for (row, metric) in metrics.enumerated() {
                result[row * weights.replicates + replicate] = values[metric].number ?? .nan
            }
        }
        return Matrix(rows: metrics.count, columns: weights.replicates, elements: result)
    }
}
