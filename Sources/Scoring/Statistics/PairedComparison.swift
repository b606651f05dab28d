package import RoutingData

/// How several routers compare on one metric over shared resamples: who is significantly better, ranks, groups.
package struct PairedComparison: Sendable {
    /// Which values win.
    package enum Direction: Sendable { case higherIsBetter, lowerIsBetter }

    /// What is known of the difference of two routers.
    package struct Difference: Hashable, Sendable {
        /// The first's metric less the second's.
        package let estimate: Double
        package let standardError: Double
        /// Holds the difference, together with those of all other pairs; nil where the clusters are too few for one.
        package let interval: Interval?
        /// Adjusted for all pairs.
        package let pValue: Double
    }

    /// Places in the routers given, the best estimate first, the first of equals first.
    package let order: [Int]
    /// For each router the range of ranks that the data allow.
    ///
    /// From 1 + the number of routers significantly better to R − the number significantly worse.
    package let rank: [ClosedRange<Int>]
    /// For each router its group, 1 for the best: every router of a group is significantly better than every one of the
    /// next.
    package let group: [Int]
    /// For each router the smallest difference to the leader that four of five repetitions would find; nil for the
    /// leader.
    ///
    /// The smallest difference that is significant beside all other pairs, and 0.84 (the normal distribution's quantile
    /// at 0.8) standard errors of the difference more. Nil where no difference would be significant, below 50 clusters,
    /// where the two never differ, and where it is more than the metric's range.
    package let detectable: [Double?]
    /// `isBetter[a][b]`: router a is significantly better than router b, all pairs tested together.
    package let isBetter: [[Bool]]
    /// How many resamples were drawn.
    package var replicates: Int { test.replicates }
    private let test: StepDownTest
    private let estimates: [Double]
    private let alpha: Double

    /// Clusters below which no smallest detectable difference is given.
    static let fewClusters = 50

    /// Compares some routers.
    ///
    /// - Parameters:
    ///   - estimates: the metric of each router, no NaN.
    ///   - influences: `[routers, clusters]`, see ``ResampledCurve/addInfluences(on:times:to:)``.
    ///   - drawn: the clusters.
    ///   - clusters: how many independent clusters of items they amount to.
    ///   - alpha: the family-wise error over all pairs.
    ///   - direction: which values win.
    ///   - range: the largest difference that the metric can have.
    ///   - limit: how many resamples are drawn at most; nil: as many as so many rows take.
    ///   - isCancelled: asked many times a second; a comparison that was cancelled means nothing.
    /// - Complexity: that of ``StepDownTest`` with all pairs.
    package init(
        estimates: [Double],
        influences: Matrix<Double>,
        drawn: DrawnClusters,
        clusters: ClusterCount,
        alpha: Double,
        direction: Direction,
        range: Double = 1,
        limit: ReplicateLimit? = nil,
        isCancelled: @Sendable () -> Bool = { false }
    ) {
        let count = estimates.count
        precondition(influences.rows == count, "one row of influences for each router")
        let sign: Double = direction == .higherIsBetter ? 1 : -1
        let pairs = (0..<count).flatMap { a in (a + 1..<max(count, a + 1)).map { StepDownTest.Pair(a, $0) } }
        let test = StepDownTest(
            pairs: pairs,
            differences: pairs.map { estimates[$0.first] - estimates[$0.second] },
            influences: influences,
            drawn: drawn,
            clusters: clusters,
            alpha: alpha,
            limit: limit ?? ReplicateLimit(rows: count),
            isCancelled: isCancelled
        )
        var isBetter = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
        for (pair, p) in zip(pairs, test.pValues) where p <= alpha {
            let gap = sign * (estimates[pair.first] - estimates[pair.second])
            if gap > 0 { isBetter[pair.first][pair.second] = true }
            if gap < 0 { isBetter[pair.second][pair.first] = true }
        }
        let order = (0..<count).sorted { (-sign * estimates[$0], $0) < (-sign * estimates[$1], $1) }
        let (better, worse) = Self.counts(isBetter)
        rank = (0..<count).map { 1 + better[$0]...count - worse[$0] }
        group = Self.groups(order, isBetter)
        let power = NormalDistribution.quantile(0.8)
        detectable = (0..<count).map { router in
            guard let best = order.first, router != best, clusters.count >= Self.fewClusters else { return nil }
            let error = test.errors[Self.place(best, router, of: count)]
            guard error > 0, let half = test.halfWidth(standardError: error, alpha: alpha) else { return nil }
            let smallest = half + power * error
            return smallest <= range ? smallest : nil
        }
        (self.order, self.isBetter, self.test, self.estimates, self.alpha) = (order, isBetter, test, estimates, alpha)
    }

    /// How many are significantly better, and worse, than each.
    private static func counts(_ isBetter: [[Bool]]) -> (better: [Int], worse: [Int]) {
        var better = [Int](repeating: 0, count: isBetter.count)
        for row in isBetter {
            for (router, wins) in row.enumerated() where wins { better[router] += 1 }
        }
        return (better, isBetter.map { row in row.count { $0 } })
    }

    /// A new group begins where all before are significantly better than all from there on.
    private static func groups(_ order: [Int], _ isBetter: [[Bool]]) -> [Int] {
        // How many routers from the first on are better than each, without a gap.
        let leaders = order.map { router in order.firstIndex { !isBetter[$0][router] } ?? order.count }
        var isCut = [Bool](repeating: false, count: order.count)
        var fewest = Int.max
        for place in order.indices.reversed() {
            fewest = min(fewest, leaders[place])
            isCut[place] = place > 0 && fewest >= place
        }
        var groups = [Int](repeating: 1, count: order.count)
        var group = 1
        for (place, router) in order.enumerated() {
            if isCut[place] { group += 1 }
            groups[router] = group
        }
        return groups
    }

    /// The place of a pair in the list of all pairs.
    private static func place(_ a: Int, _ b: Int, of count: Int) -> Int {
        let (low, high) = (min(a, b), max(a, b))
        return low * (2 * count - low - 1) / 2 + high - low - 1
    }

    /// The difference of two routers.
    package func difference(_ first: Int, _ second: Int) -> Difference {
        let place = Self.place(first, second, of: estimates.count)
        let (estimate, error) = (estimates[first] - estimates[second], test.errors[place])
        let half = test.halfWidth(standardError: error, alpha: alpha)
        return Difference(
            estimate: estimate,
            standardError: error,
            interval: half.map { Interval(low: estimate - $0, high: estimate + $0) },
            pValue: test.pValues[place]
        )
    }
}
