package import RoutingData

/// How several routers compare on one metric over shared resamples: who is significantly better, ranks, ties.
package struct PairedComparison: Sendable {
    /// Which values win.
    package enum Direction: Sendable { case higherIsBetter, lowerIsBetter }

    /// Places in the routers given, the best estimate first, the first of equals first.
    package let order: [Int]
    /// For each router the range of ranks that the data allow.
    ///
    /// From 1 + the number of routers significantly better to R − the number significantly worse.
    package let rank: [ClosedRange<Int>]
    /// For each router its tie group, 1 for the best: the routers not significantly worse than the group's leader.
    package let tie: [Int]
    /// For each router the smallest difference to the leader that four of five repetitions would find; nil for the leader.
    ///
    /// The smallest difference that is significant beside all other pairs, and 0.84 (the normal distribution's quantile at
    /// 0.8) paired bootstrap standard errors of the difference more; nil where no difference would be significant.
    package let detectable: [Double?]
    /// `isBetter[a][b]`: router a is significantly better than router b, all pairs tested together.
    package let isBetter: [[Bool]]

    /// Compares some routers.
    ///
    /// - Parameters:
    ///   - estimates: the metric of each router, no NaN.
    ///   - replicates: `[routers, replicates]` on the same weights. A replicate on which any router has no value (NaN) is
    ///     left out for all; without any replicate nothing is significant.
    ///   - clusters: how many independent clusters of items were resampled, see ``BootstrapWeights/clusters``.
    ///   - alpha: the family-wise error over all pairs.
    ///   - direction: which values win.
    /// - Complexity: O(routers² · replicates).
    package init(
        estimates: [Double],
        replicates: Matrix<Double>,
        clusters: ClusterCount,
        alpha: Double,
        direction: Direction
    ) {
        let count = estimates.count
        precondition(replicates.rows == count, "one row of replicates for each router")
        let sign: Double = direction == .higherIsBetter ? 1 : -1
        let usable = (0..<replicates.columns).filter { column in
            !(0..<count).contains { replicates[$0, column].isNaN }
        }
        let values = (0..<count).map { router in usable.map { sign * replicates[router, $0] } }
        let pairs = (0..<count).flatMap { a in (a + 1..<max(count, a + 1)).map { (a, $0) } }
        let test = StepDownTest(
            estimates: pairs.map { sign * (estimates[$0.0] - estimates[$0.1]) },
            clusters: clusters,
            replicates: usable.count
        ) { pair, differences in
            let (a, b) = pairs[pair]
            for place in differences.indices { differences[place] = values[a][place] - values[b][place] }
        }
        var isBetter = [[Bool]](repeating: [Bool](repeating: false, count: count), count: count)
        for ((a, b), p) in zip(pairs, test.pValues) where p <= alpha && !usable.isEmpty {
            let gap = sign * (estimates[a] - estimates[b])
            if gap > 0 { isBetter[a][b] = true }
            if gap < 0 { isBetter[b][a] = true }
        }
        let order = (0..<count).sorted { (-sign * estimates[$0], $0) < (-sign * estimates[$1], $1) }
        rank = (0..<count).map { router in
            let better = (0..<count).count { isBetter[$0][router] }
            return 1 + better...count - isBetter[router].count { $0 }
        }
        var tie = [Int](repeating: 0, count: count)
        var leader: Int?
        var group = 0
        for router in order {
            if leader.map({ isBetter[$0][router] }) ?? true {
                leader = router
                group += 1
            }
            tie[router] = group
        }
        let power = NormalDistribution.quantile(0.8)
        detectable = (0..<count).map { router in
            guard let best = order.first, router != best else { return nil }
            let error = StepDownTest.standardError(zip(values[best], values[router]).map { $0 - $1 })
            return test.smallestSignificant(standardError: error, alpha: alpha).map { $0 + power * error }
        }
        self.order = order
        self.tie = tie
        self.isBetter = isBetter
    }
}
