package import Catalog
import RoutingData

/// A record's curve on the items of a part, and how much each cluster of items moves its metrics.
package struct ResampledCurve: Sendable {
    let changes: CurveChanges
    let reference: CurveReference
    /// Its operating points on all items.
    package let points: [OperatingPoint]
    private let outcomes: ItemOutcomes
    private let clusterOfItem: ArraySlice<Int>
    /// The cheapest single model and the best one.
    private let cheapest: Int
    private let best: Int

    init(
        choices: Matrix<ModelNumber>,
        outcomes: ItemOutcomes,
        clusterOfItem: ArraySlice<Int>,
        cheapest: Int,
        best: Int,
        reference: CurveReference
    ) {
        changes = CurveChanges(choices, outcomes: outcomes, clusterOfItem: clusterOfItem)
        points = outcomes.points(of: choices)
        (self.outcomes, self.clusterOfItem, self.reference) = (outcomes, clusterOfItem, reference)
        (self.cheapest, self.best) = (cheapest, best)
    }

    /// What a metric changes by when a number that it depends on does.
    private struct Slopes {
        var points: [OperatingPoint]
        var cheapest = OperatingPoint(cost: 0, accuracy: 0)
        var best = OperatingPoint(cost: 0, accuracy: 0)
        var oracle = 0.0
    }

    /// Adds the influence of each cluster on a metric, times a factor.
    ///
    /// The influence is the metric's derivative by the cluster's weight: with weights w the metric is, to first order,
    /// its value plus Σ (w − 1) × influence. Influences sum to 0; the square root of the sum of their squares is the
    /// standard error of the metric.
    /// - Parameters:
    ///   - metric: one that has a value.
    ///   - factor: such as one over the number of curves that a mean is over.
    ///   - influences: `[clusters]`.
    /// - Reference: F. R. Hampel, "The influence curve and its role in robust estimation", Journal of the American
    ///   Statistical Association 69, 383–393, 1974.
    package func addInfluences(
        on metric: CurveMetric,
        times factor: Double,
        to influences: inout [Double]
    ) {
        let slopes = slopes(of: metric)
        let scale = factor / Double(outcomes.items)
        // A change at a point moves that point and all after it.
        var (quality, cost) = (0.0, 0.0)
        var centre = slopes.oracle * reference.oracleAccuracy
        for (slope, single) in [(slopes.cheapest, reference.cheapest), (slopes.best, reference.best)] {
            centre += slope.accuracy * single.accuracy + slope.cost * single.cost
        }
        for point in points.indices.reversed() {
            quality += slopes.points[point].accuracy
            cost += slopes.points[point].cost
            centre += slopes.points[point].accuracy * points[point].accuracy
            centre += slopes.points[point].cost * points[point].cost
            let first = point > 0 ? Int(changes.ends[point - 1]) : 0
            for change in first..<Int(changes.ends[point]) {
                let moved = quality * changes.gains[2 * change] + cost * changes.gains[2 * change + 1]
                influences[Int(changes.clusters[change])] += scale * moved
            }
        }
        for (item, cluster) in zip(0..., clusterOfItem) {
            let (cheap, good) = (item * outcomes.models + cheapest, item * outcomes.models + best)
            var moved = -centre
            if slopes.cheapest != OperatingPoint(cost: 0, accuracy: 0) {
                moved += slopes.cheapest.accuracy * outcomes.quality.elements[cheap]
                moved += slopes.cheapest.cost * outcomes.cost.elements[cheap]
            }
            if slopes.best != OperatingPoint(cost: 0, accuracy: 0) {
                moved += slopes.best.accuracy * outcomes.quality.elements[good]
                moved += slopes.best.cost * outcomes.cost.elements[good]
            }
            if slopes.oracle != 0 { moved += slopes.oracle * max(0, outcomes.quality.row(item).max() ?? 0) }
            influences[cluster] += scale * moved
        }
    }

    /// Central differences: metrics are linear in accuracies and smooth in costs but where two costs are equal, and
    /// there the mean of both sides is taken.
    private func slopes(of metric: CurveMetric) -> Slopes {
        var moved = points
        var against = reference
        func value() -> Double { MetricFormulae(points: moved, reference: against)[metric].number ?? .nan }
        func slope(_ step: Double, _ move: (Double) -> Void) -> Double {
            move(step)
            let above = value()
            move(-2 * step)
            let below = value()
            move(step)
            let found = (above - below) / (2 * step)
            return found.isNaN ? 0 : found
        }
        let costStep = 1e-6 * max(reference.highestCost, .leastNormalMagnitude)
        let step = 1e-4
        var slopes = Slopes(points: points)
        for point in points.indices {
            let kept = points[point]
            slopes.points[point].accuracy = slope(step) { moved[point].accuracy += $0 }
            moved[point] = kept
            slopes.points[point].cost = slope(costStep) { moved[point].cost += $0 }
            moved[point] = kept
        }
        slopes.cheapest.accuracy = slope(step) { against.cheapest.accuracy += $0 }
        slopes.cheapest.cost = slope(costStep) { against.cheapest.cost += $0 }
        against = reference
        slopes.best.accuracy = slope(step) { against.best.accuracy += $0 }
        slopes.best.cost = slope(costStep) { against.best.cost += $0 }
        against = reference
        slopes.oracle = slope(step) { against.oracleAccuracy += $0 }
        return slopes
    }
}
