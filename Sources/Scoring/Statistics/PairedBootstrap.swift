package import Catalog
package import RoutingData

/// Records' metrics on every resample of a part's items.
///
/// Two routers bootstrapped by one value are paired: the difference of their replicates is the bootstrap distribution
/// of the difference of their metrics, curve metrics included.
package struct PairedBootstrap: Sendable {
    let outcomes: ItemOutcomes
    private let weights: BootstrapWeights
    /// Which of the weights' items are the part's.
    private let items: Range<Int>
    /// The cheapest single model and the best one.
    private let cheapest: Int
    private let best: Int
    /// `[replicates]`: weights of all items.
    private let totals: [Double]
    /// `[replicates]` sums of the single models and of the oracle.
    private let cheapestSums: [OperatingPoint]
    private let bestSums: [OperatingPoint]
    private let oracleSums: [OperatingPoint]

    /// Prepares what all records of a part share.
    ///
    /// - Parameters:
    ///   - ground: of the split.
    ///   - outcomes: of the evaluated part.
    ///   - weights: of the evaluated part's items, and of others.
    ///   - items: which of the weights' items are the part's; nil: all.
    package init(
        _ ground: EvaluationGround,
        outcomes: ItemOutcomes,
        weights: BootstrapWeights,
        items: Range<Int>? = nil
    ) {
        let items = items ?? 0..<weights.items
        precondition(items.count == outcomes.items, "items do not match")
        (self.outcomes, self.weights, self.items) = (outcomes, weights, items)
        (cheapest, best) = (ground.pool.cheapest, ground.bestSingle(on: outcomes))
        let clusters = weights.drawn.clusterOfItem[items]
        func sums(_ quality: [Double], _ cost: [Double]) -> [OperatingPoint] {
            Self.sums(CurveChanges(quality: quality, cost: cost, clusterOfItem: clusters), on: weights)
        }
        func single(_ model: Int) -> [OperatingPoint] {
            sums(
                (0..<outcomes.items).map { outcomes.quality[$0, model] },
                (0..<outcomes.items).map { outcomes.cost[$0, model] }
            )
        }
        (cheapestSums, bestSums) = (single(cheapest), single(best))
        oracleSums = sums(Self.oracleQuality(outcomes), [Double](repeating: 0, count: outcomes.items))
        totals = sums([Double](repeating: 1, count: outcomes.items), [Double](repeating: 0, count: outcomes.items))
            .map(\.accuracy)
    }

    /// The best quality of each item.
    static func oracleQuality(_ outcomes: ItemOutcomes) -> [Double] {
        (0..<outcomes.items).map { max(0, outcomes.quality.row($0).max() ?? 0) }
    }

    /// The sums of a curve of one point on each replicate.
    private static func sums(_ changes: CurveChanges, on weights: BootstrapWeights) -> [OperatingPoint] {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 32) { sums in
            var points: [OperatingPoint] = []
            guard let base = sums.baseAddress else { return points }
            for first in stride(from: 0, to: weights.replicates, by: 16) {
                changes.sums(on: weights, first: first, into: base)
                for lane in 0..<min(16, weights.replicates - first) {
                    points.append(OperatingPoint(cost: sums[16 + lane], accuracy: sums[lane]))
                }
            }
            return points
        }
    }

    /// A record's curve, ready to be resampled.
    ///
    /// - Parameters:
    ///   - choices: `[points, items]`, the record's choices blob.
    ///   - reference: of the record, see ``EvaluationGround/reference(on:result:place:)``.
    /// - Returns: what does not depend on a resample.
    package func curve(_ choices: Matrix<ModelNumber>, reference: CurveReference) -> ResampledCurve {
        ResampledCurve(
            choices: choices,
            outcomes: outcomes,
            clusterOfItem: weights.drawn.clusterOfItem[items],
            cheapest: cheapest,
            best: best,
            reference: reference
        )
    }

    /// The replicates of some metrics of one record: see ``add(_:of:to:)``.
    package func replicates(
        of metrics: [CurveMetric],
        choices: Matrix<ModelNumber>,
        reference: CurveReference
    ) -> Matrix<Double> {
        var result = Matrix<Double>(repeating: 0, rows: metrics.count, columns: weights.replicates)
        add(metrics, of: curve(choices, reference: reference), to: &result)
        return result
    }

    /// Adds the replicates of some metrics of one record.
    ///
    /// Operating points and the points that metrics are read at stay frozen, as do all numbers that train gave; the
    /// router's points, the single models and the oracle are reweighted.
    /// - Parameters:
    ///   - metrics: which metrics.
    ///   - curve: made by ``curve(_:reference:)``.
    ///   - result: `[metrics, replicates]`; NaN is added where a metric has no value on a resample.
    package func add(_ metrics: [CurveMetric], of curve: ResampledCurve, to result: inout Matrix<Double>) {
        let replicates = weights.replicates
        let points = curve.changes.points
        var resampled = curve.reference
        var resampledPoints = [OperatingPoint](repeating: OperatingPoint(cost: 0, accuracy: 0), count: points)
        var means = ResampledMeans(curve)
        let (all, named) = (Array(0..<points), curve.reference.picks.named)
        result.elements.withUnsafeMutableBufferPointer { values in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: points * 32) { sums in
                guard let base = sums.baseAddress else { return }
                for first in stride(from: 0, to: replicates, by: 16) {
                    let lanes = first..<min(first + 16, replicates)
                    curve.changes.sums(on: weights, first: first, into: base)
                    means?.read(base, totals: totals[lanes], cheapest: cheapestSums[lanes])
                    for replicate in lanes {
                        let (lane, total) = (replicate - first, totals[replicate])
                        guard total > 0 else {
                            for row in metrics.indices { values[row * replicates + replicate] = .nan }
                            continue
                        }
                        resampled.cheapest = Self.mean(cheapestSums[replicate], total)
                        resampled.best = Self.mean(bestSums[replicate], total)
                        resampled.oracleAccuracy = oracleSums[replicate].accuracy / total
                        let known = means?.means(lane: lane, total: total)
                        for point in known == nil ? all : named {
                            resampledPoints[point] = OperatingPoint(
                                cost: base[point * 32 + 16 + lane] / total,
                                accuracy: base[point * 32 + lane] / total
                            )
                        }
                        let metricsHere = MetricFormulae(points: resampledPoints, reference: resampled, means: known)
                        for (row, metric) in metrics.enumerated() {
                            values[row * replicates + replicate] += metricsHere[metric].number ?? .nan
                        }
                    }
                }
            }
        }
    }

    private static func mean(_ sums: OperatingPoint, _ total: Double) -> OperatingPoint {
        OperatingPoint(cost: sums.cost / total, accuracy: sums.accuracy / total)
    }
}
