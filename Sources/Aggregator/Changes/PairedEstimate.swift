import Catalog
import Foundation
import RouteGridBase
package import Scoring

/// By how much a number of a row differs from that of another row, and how far that is known.
package struct PairedEstimate: Sendable {
    /// The second row's number less the first's.
    package let value: Double
    /// The standard error over the draw of items.
    package let itemError: Double
    /// The standard error over seeds, and its degrees of freedom; 0 without several seeds.
    package let seedError: Double
    package let seedDegrees: Int
    /// Whether the items were resampled together.
    package let isPaired: Bool
    /// How many independent clusters of items would say as much (see `ClusterCount.effective`).
    package let clusters: Double

    package init(
        value: Double,
        itemError: Double,
        seedError: Double = 0,
        seedDegrees: Int = 0,
        isPaired: Bool,
        clusters: Double
    ) {
        (self.value, self.itemError, self.seedError) = (value, itemError, seedError)
        (self.seedDegrees, self.isPaired, self.clusters) = (seedDegrees, isPaired, clusters)
    }

    /// Both errors in quadrature: they are independent to first order.
    package var standardError: Double { (itemError * itemError + seedError * seedError).squareRoot() }

    /// Half the width of the interval with some probability outside, on both sides together.
    ///
    /// Student's t, its degrees by Welch and Satterthwaite: few seeds count for as much as their share of the variance.
    /// - Reference: B. L. Welch, "The generalization of 'Student's' problem when several different population variances
    ///   are involved", Biometrika 34, 28–35, 1947.
    package func halfWidth(alpha: Double) -> Double {
        let (items, seeds) = (itemError * itemError, seedError * seedError)
        let total = items + seeds
        guard total > 0 else { return 0 }
        let share = items * items / max(clusters - 1, 1) + (seedDegrees > 0 ? seeds * seeds / Double(seedDegrees) : 0)
        let degrees = share > 0 ? min(max(total * total / share, 1), 10_000) : 10_000
        return StudentDistribution.halfWidth(level: 1 - alpha, degrees: Int(degrees)) * total.squareRoot()
    }

    /// The same of numbers that are all multiplied, such as by −1.
    package func times(_ factor: Double) -> PairedEstimate {
        PairedEstimate(
            value: factor * value,
            itemError: abs(factor) * itemError,
            seedError: abs(factor) * seedError,
            seedDegrees: seedDegrees,
            isPaired: isPaired,
            clusters: clusters
        )
    }

    package func interval(alpha: Double) -> Interval {
        let half = halfWidth(alpha: alpha)
        return Interval(low: value - half, high: value + half)
    }
}

extension SeedVariance {
    /// The standard error of the mean over training of two rows' difference; 0 where nothing varies.
    ///
    /// Rows with the same seeds on the same splits are paired by them.
    static func error(_ first: BoardRow, _ second: BoardRow, of metric: String) -> (error: Double, degrees: Int) {
        func values(_ row: BoardRow) -> [Double]? {
            let found = row.runs.compactMap { $0.metrics.number(metric) }
            return found.count == row.runs.count ? found : nil
        }
        func error(_ row: BoardRow, _ values: [Double]?) -> (error: Double, degrees: Int)? {
            guard let values, let variance = SeedVariance(splits: row.runs.map(\.splitIndex)) else { return nil }
            return (variance.standardError(values), variance.degrees)
        }
        let (a, b) = (values(first), values(second))
        let places = { (row: BoardRow) in row.runs.map { [$0.splitIndex, $0.seed ?? -1] } }
        if let a, let b, places(first) == places(second) {
            return error(first, zip(a, b).map { $1 - $0 }) ?? (0, 0)
        }
        let found = [error(first, a), error(second, b)].compactMap(\.self)
        let sum = found.reduce(0) { $0 + $1.error * $1.error }
        return (sum.squareRoot(), found.map(\.degrees).reduce(0, +))
    }
}
