package import RouterCatalog

/// Everything besides a router's own points that the metrics of its record depend on.
package struct CurveReference: Sendable {
    /// A point that a metric is read at, chosen before the evaluated labels were seen.
    package enum Pick: Hashable, Sendable {
        case point(Int)
        case none(why: String)
    }

    /// What a record of a single point read on dev: joined curves pick their points by it.
    package struct DevReading: Hashable, Sendable {
        /// The record's point on dev.
        package var point: OperatingPoint
        /// The best single model's accuracy on dev.
        package var goal: Double

        package init(point: OperatingPoint, goal: Double) {
            self.point = point
            self.goal = goal
        }
    }

    package var mode: EvaluationMode
    /// c_lo: the lowest mean train cost of the pool.
    package var lowestCost: Double
    /// c_hi: the highest mean train cost of the pool.
    package var highestCost: Double
    /// Mean train cost of the best single model: cost share 1.
    package var strongCost: Double
    /// The cheapest single model (by train) on the evaluated part.
    package var cheapest: OperatingPoint
    /// The best single model (sound: by train, compat: by the evaluated part) on the evaluated part.
    package var best: OperatingPoint
    /// Mean accuracy of always choosing a best model of the item.
    package var oracleAccuracy: Double
    /// Bounds of the Rank Score; nil when no cost is positive.
    package var rankBounds: CostBounds?
    /// The point of the largest budget.
    package var largest: Int
    /// Sound: where `ps` is read; compat reads the frontier instead.
    package var peak: Pick
    /// Sound: where `qnc` is read; compat reads the frontier instead.
    package var parity: Pick
    /// Sound, records of a single point: its reading on dev.
    package var dev: DevReading?

    package init(
        mode: EvaluationMode,
        lowestCost: Double,
        highestCost: Double,
        strongCost: Double,
        cheapest: OperatingPoint,
        best: OperatingPoint,
        oracleAccuracy: Double,
        rankBounds: CostBounds?,
        largest: Int,
        peak: Pick,
        parity: Pick
    ) {
        self.mode = mode
        self.lowestCost = lowestCost
        self.highestCost = highestCost
        self.strongCost = strongCost
        self.cheapest = cheapest
        self.best = best
        self.oracleAccuracy = oracleAccuracy
        self.rankBounds = rankBounds
        self.largest = largest
        self.peak = peak
        self.parity = parity
    }
}
