package import RoutingData

/// Records' metrics on every resample of a part's items.
///
/// Two routers bootstrapped by one value are paired: the difference of their replicates is the bootstrap distribution of the
/// difference of their metrics, curve metrics included.
package struct PairedBootstrap: Sendable {
    private let outcomes: ItemOutcomes
    private let weights: BootstrapWeights
    /// Sums of the cheapest single model (row 0) and the best one (row 1).
    private let singles: WeightedSums
    /// `[replicates]`: sums of the best quality of each item.
    private let oracle: [Double]
    private let sparseLimit: Int

    /// Prepares what all records of a part share.
    ///
    /// - Parameters:
    ///   - ground: of the split.
    ///   - outcomes: of the evaluated part.
    ///   - weights: of the evaluated part's items.
    ///   - sparseLimit: up to this many changes of choices times replicates all sums of a record are float64; the default is
    ///     a fraction of a second.
    package init(
        _ ground: EvaluationGround,
        outcomes: ItemOutcomes,
        weights: BootstrapWeights,
        sparseLimit: Int = 200_000_000
    ) {
        self.outcomes = outcomes
        self.weights = weights
        self.sparseLimit = sparseLimit
        let models = [ground.pool.cheapest, ground.bestSingle(on: outcomes)]
        let choices = models.flatMap { [ModelNumber](repeating: ModelNumber($0), count: outcomes.items) }
        singles = WeightedSums(
            of: Matrix(rows: 2, columns: outcomes.items, elements: choices),
            outcomes: outcomes,
            weights: weights,
            sparseLimit: .max
        )
        var oracle = [Double](repeating: 0, count: weights.replicates)
        for item in 0..<outcomes.items {
            let best = max(0, outcomes.quality.row(item).max() ?? 0)
            WeightedSums.add(best, times: weights.clusterOfItem[item], of: weights.weights, to: &oracle, row: 0)
        }
        self.oracle = oracle
    }

    /// The replicates of some metrics of one record.
    ///
    /// Operating points and the points that `ps` and `qnc` are read at stay frozen, as do all numbers that train gave;
    /// the router's points, the single models and the oracle are reweighted.
    /// - Parameters:
    ///   - metrics: which metrics.
    ///   - choices: `[points, items]`, the record's choices blob.
    ///   - reference: of the record, see ``EvaluationGround/reference(on:result:place:)``.
    /// - Returns: `[metrics, replicates]`; NaN where a metric has no value on a resample.
    package func replicates(
        of metrics: [CurveMetric],
        choices: Matrix<ModelNumber>,
        reference: CurveReference
    ) -> Matrix<Double> {
        let points = choices.rows
        let own = WeightedSums(of: choices, outcomes: outcomes, weights: weights, sparseLimit: sparseLimit)
        let (quality, cost) = (own.quality.transposed(), own.cost.transposed())
        var result = [Double](repeating: .nan, count: metrics.count * weights.replicates)
        for replicate in 0..<weights.replicates where weights.totals[replicate] > 0 {
            let total = weights.totals[replicate]
            func single(_ row: Int) -> OperatingPoint {
                let place = row * weights.replicates + replicate
                return OperatingPoint(
                    cost: singles.cost.elements[place] / total,
                    accuracy: singles.quality.elements[place] / total
                )
            }
            var resampled = reference
            resampled.cheapest = single(0)
            resampled.best = single(1)
            resampled.oracleAccuracy = oracle[replicate] / total
            let first = replicate * points
            let resampledPoints = (first..<first + points).map {
                OperatingPoint(cost: cost.elements[$0] / total, accuracy: quality.elements[$0] / total)
            }
            let values = CurveMetrics(points: resampledPoints, reference: resampled)
            for (row, metric) in metrics.enumerated() {
                result[row * weights.replicates + replicate] = values[metric].number ?? .nan
            }
        }
        return Matrix(rows: metrics.count, columns: weights.replicates, elements: result)
    }
}
