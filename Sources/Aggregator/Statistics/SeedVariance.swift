import Catalog
import RouteGridBase
import Scoring

/// How much a row's means vary with the seed that routers are trained with.
///
/// Resampling items keeps routers as trained, so its interval is for these fits. An interval for the router as it would
/// be trained again adds the variance between seeds on the same split, in quadrature: both errors are independent to
/// first order.
struct SeedVariance {
    /// The number of runs of each split.
    private let runs: [[Int]]
    /// Runs less splits, each of which has a mean of its own.
    let degrees: Int

    /// Nil where no split has two seeds.
    ///
    /// - Parameter splits: The split index of each run of a row, rising.
    init?(splits: [Int]) {
        runs = Dictionary(grouping: splits.indices) { splits[$0] }.sorted { $0.key < $1.key }.map(\.value)
        degrees = splits.count - runs.count
        guard degrees > 0 else { return nil }
    }

    /// Half the width of the interval of a mean over training: Student's t times its standard error.
    ///
    /// The variance is pooled over splits, each of which has a mean of its own.
    /// - Parameters:
    ///   - values: One a run.
    ///   - alpha: One minus the level.
    /// - Returns: 0 where the seeds of each split agree.
    func halfWidth(_ values: [Double], alpha: Double) -> Double {
        StudentDistribution.halfWidth(level: 1 - alpha, degrees: degrees) * standardError(values)
    }

    /// The standard error of a mean over training; 0 where the seeds of each split agree.
    func standardError(_ values: [Double]) -> Double { variance(values).squareRoot() }

    private func variance(_ values: [Double]) -> Double {
        var (squares, share) = (0.0, 0.0)
        for places in runs {
            let mean = places.reduce(0) { $0 + values[$1] } / Double(places.count)
            squares += places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
            share += 1 / Double(places.count)
        }
        return squares / Double(degrees) * share / Double(runs.count * runs.count)
    }
}

extension BoardRow {
    /// Adds `lo_seeds` and `hi_seeds` to every metric with an interval, where a split has several seeds.
    mutating func addSeedIntervals(alpha: Double) {
        for (name, json) in metrics {
            guard let interval = seedInterval(of: name, alpha: alpha) else { continue }
            metrics[name] = json.with("lo_seeds", .double(interval.low)).with("hi_seeds", .double(interval.high))
        }
    }

    /// A metric's interval over the draw of items and of seeds; nil without several seeds on a split, or an interval.
    func seedInterval(of name: String, alpha: Double) -> (low: Double, high: Double)? {
        guard let variance = SeedVariance(splits: runs.map(\.splitIndex)) else { return nil }
        let values = runs.compactMap { $0.metrics.number(name) }
        guard values.count == runs.count, let value = value(name), let interval = itemInterval(name) else { return nil }
        let half = variance.halfWidth(values, alpha: alpha)
        guard half > 0 else { return interval }
        func wider(_ end: Double) -> Double { ((end - value) * (end - value) + half * half).squareRoot() }
        let (low, high) = (value - wider(interval.low), value + wider(interval.high))
        return Self.shares.contains(name) ? (max(0, low), min(1, high)) : (low, high)
    }

    /// Metrics that are nowhere below 0 nor above 1.
    private static let shares = Set(MetricDescriptor.all.filter { $0.values == .share }.map(\.name))
}
