import CKernels
import RouteGridBase
package import RoutingData

/// Many two-sided tests on shared resamples, with the family-wise error controlled by step-down max-T.
///
/// Each hypothesis is that the metrics of two rows are equal. What a resample with Poisson weights w moves a difference
/// by is taken to first order, Σ (w − 1) × influence over the clusters: a multiplier bootstrap, whose multipliers have
/// the third moment of the data's own resampling. So standard errors are exact and do not depend on the draw, and
/// resamples cost little: hundreds of thousands can be drawn where a decision is near (``ReplicateLimit``).
///
/// - A statistic is the estimate d over its standard error under the hypothesis, as in a score test: influences are
///   centred at the estimate and so leave d² ÷ n out, with n independent clusters (``ClusterCount/effective``):
///   z = |d| ÷ √(s² + d² ÷ n).
/// - A p-value is the share of resamples, times 1.4 (`caution`), a margin chosen by experiment: first-order
///   influences miss some of the far tail. Of 1,000 boards of twenty equal routers on 400 items whose costs count too,
///   the plain share separates 5.9 % at α = 0.05, and 9/8 of it 5.7 %; 1.4 of it separates 2.9 % (2.0 to 4.1) of 1,000
///   fresh ones.
/// - No p-value is below 2 ÷ 2ⁿ, that of n clusters which all agree under a sign test: a few clusters that happen to
///   agree, or a single one, leave no spread, and prove nothing.
///
/// - Reference: J. P. Romano, M. Wolf, "Stepwise multiple testing as formalized data snooping", Econometrica 73,
///   1237–1282, 2005; V. Chernozhukov, D. Chetverikov, K. Kato, "Gaussian approximations and multiplier bootstrap for
///   maxima of sums of high-dimensional random vectors", Annals of Statistics 41, 2786–2819, 2013.
package struct StepDownTest: Sendable {
    /// Two rows whose metrics are compared.
    package struct Pair: Hashable, Sendable {
        package let first: Int
        package let second: Int
        package init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }
    }

    /// One p-value a hypothesis, adjusted for all of them; reject those at most α.
    ///
    /// A difference that never varies has p = 1 when it is 0, and the smallest p that the resamples and the clusters
    /// allow when it is not.
    package let pValues: [Double]
    /// The standard error of each difference.
    package let errors: [Double]
    /// How many resamples were drawn.
    package let replicates: Int
    /// `[replicates]`: the largest centred statistic of all hypotheses on each resample, rising.
    private let maxima: [Float]
    private let clusters: ClusterCount

    /// What the share of resamples is raised by.
    static let caution = 1.4
    /// Differences and standard errors below this are 0: metrics are around 1, and rounding errors are smaller.
    package static let rounding = 1e-12

    /// Tests hypotheses "the two rows are equal".
    ///
    /// - Parameters:
    ///   - pairs: the rows of each hypothesis.
    ///   - differences: the estimate of each.
    ///   - influences: `[rows, clusters]`, see ``ResampledCurve/addInfluences(on:times:to:)``.
    ///   - drawn: the clusters.
    ///   - clusters: how many independent clusters the estimates come from.
    ///   - alpha: the error that decisions are made at; it bounds nothing but the resamples.
    ///   - limit: how many resamples are drawn at most.
    ///   - isCancelled: asked many times a second; the values after a cancellation mean nothing.
    /// - Complexity: O(pairs · (clusters + resamples) + rows · clusters · resamples), on all cores. The same bits on
    ///   any number of them.
    package init(
        pairs: [Pair],
        differences: [Double],
        influences: Matrix<Double>,
        drawn: DrawnClusters,
        clusters: ClusterCount,
        alpha: Double,
        limit: ReplicateLimit,
        isCancelled: @Sendable () -> Bool = { false }
    ) {
        precondition(influences.columns == drawn.count && differences.count == pairs.count, "shapes do not match")
        let errors = Self.errors(of: pairs, influences, isCancelled)
        let unseen = Self.unseenVariance(clusters: clusters)
        let statistics = zip(differences, errors).map { difference, error -> Double in
            guard abs(difference) > Self.rounding else { return 0 }
            guard error > 0 else { return Double.infinity }
            return abs(difference) / (error * error + difference * difference * unseen).squareRoot()
        }
        // From the least to the most significant: the largest centred statistic among those not more significant.
        let ascending = statistics.indices.sorted { (statistics[$0], $0) < (statistics[$1], $1) }
        let draw = MultiplierDraw(
            pairs: ascending.map { pairs[$0] },
            scales: ascending.map { errors[$0] > 0 ? 1 / errors[$0] : 0 },
            statistics: ascending.map { statistics[$0] },
            influences: influences,
            drawn: drawn
        )
        var exceeding = [Int](repeating: 0, count: pairs.count)
        var maxima: [Float] = []
        var goal = min(ReplicateLimit.first, limit.most)
        while maxima.count < goal, !isCancelled() {
            draw.add(maxima.count..<goal, to: &exceeding, &maxima, isCancelled)
            let isOpen = zip(ascending, exceeding).contains { hypothesis, exceeding in
                statistics[hypothesis] > 0 && statistics[hypothesis].isFinite
                    && ReplicateLimit.isNear(exceeding: exceeding, of: maxima.count, alpha: alpha / Self.caution)
            }
            if isOpen { goal = min(2 * goal, limit.most) }
        }
        // A less significant hypothesis never has the smaller p-value.
        var pValues = [Double](repeating: 1, count: pairs.count)
        var largest = 0.0
        for (place, hypothesis) in zip(ascending.indices, ascending).reversed() where statistics[hypothesis] > 0 {
            let p = Self.pValue(exceeding: exceeding[place], of: maxima.count, clusters: clusters)
            largest = max(largest, p)
            pValues[hypothesis] = largest
        }
        (self.pValues, self.errors, self.clusters) = (pValues, errors, clusters)
        replicates = maxima.count
        self.maxima = maxima.sorted()
    }

    /// The standard error of each pair's difference; 0 for rounding errors.
    private static func errors(
        of pairs: [Pair],
        _ influences: Matrix<Double>,
        _ isCancelled: @Sendable () -> Bool
    ) -> [Double] {
        let columns = influences.columns
        let (size, count) = (4_096, pairs.count)
        return concurrentMap((count + size - 1) / size) { part -> [Double] in
            let range = part * size..<min(count, (part + 1) * size)
            if isCancelled() { return range.map { _ in 0 } }
            return influences.elements.withUnsafeBufferPointer { elements in
                guard let base = elements.baseAddress else { return range.map { _ in 0 } }
                return range.map { place in
                    let pair = pairs[place]
                    let square = ck_wide_distance(base + pair.first * columns, base + pair.second * columns, columns)
                    let error = square.squareRoot()
                    return error > rounding ? error : 0
                }
            }
        }.flatMap(\.self)
    }

    /// The statistic that the largest of all hypotheses exceeds with probability α, to first order; nil where the
    /// resamples and the clusters allow nothing to be significant.
    package func criticalValue(alpha: Double) -> Double? {
        // The largest number of resamples that may exceed a significant statistic; p-values rise with it.
        let most = Int((alpha / Self.caution * Double(maxima.count + 1)).rounded(.down)) - 1
        guard most >= 0, most < maxima.count, Self.leastPValue(clusters) <= alpha else { return nil }
        return Double(maxima[maxima.count - 1 - most])
    }

    /// Half the width of the interval that holds a difference for all hypotheses together: the differences that the
    /// test does not reject.
    ///
    /// - Parameters:
    ///   - standardError: of the difference.
    ///   - alpha: one minus the level of all intervals together.
    /// - Returns: nil when nothing is rejected whatever its size.
    package func halfWidth(standardError: Double, alpha: Double) -> Double? {
        guard let critical = criticalValue(alpha: alpha) else { return nil }
        let seen = 1 - critical * critical * Self.unseenVariance(clusters: clusters)
        return seen > 0 ? critical * standardError / seen.squareRoot() : nil
    }

    /// What the variance of an estimate d lacks under the hypothesis, as a multiple of d².
    private static func unseenVariance(clusters: ClusterCount) -> Double { 1 / max(clusters.effective, 1) }

    /// The p-value of a statistic that some of the resamples' maxima reach.
    static func pValue(exceeding: Int, of replicates: Int, clusters: ClusterCount) -> Double {
        min(1, max(caution * Double(1 + exceeding) / Double(replicates + 1), leastPValue(clusters)))
    }

    /// The smallest p-value that so many clusters allow, at most 1.
    private static func leastPValue(_ clusters: ClusterCount) -> Double {
        clusters.count < 60 ? min(1, 2 / Double(1 << max(clusters.count, 1))) : 0
    }

    /// The standard deviation of some numbers (divisor: their number − 1); 0 for fewer than two.
    package static func standardError(_ numbers: [Double]) -> Double {
        guard numbers.count > 1 else { return 0 }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(numbers.count - 1)).squareRoot()
    }
}
