package import Catalog

/// Everything besides a router's own points that the metrics of its record depend on.
package struct CurveReference: Sendable {
    /// What a record read on dev: joined curves pick their points by it.
    package struct DevReading: Hashable, Sendable {
        /// The point of a record of a single one.
        package var point: OperatingPoint?
        /// The best single model's accuracy on dev.
        package var goal: Double
        /// The cheapest single model on dev; nil in records of metrics revision 1.
        package var cheapest: OperatingPoint?

        package init(point: OperatingPoint?, goal: Double, cheapest: OperatingPoint?) {
            self.point = point
            self.goal = goal
            self.cheapest = cheapest
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
    /// Models that answered too few train rows to be a reference.
    package var lowCoverage: [ModelCoverage]
    /// Where metrics are read.
    package var picks: CurvePicks
    /// Sound, where the split has a dev part and the router is no bound.
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
        lowCoverage: [ModelCoverage] = [],
        picks: CurvePicks
    ) {
        self.mode = mode
        self.lowestCost = lowestCost
        self.highestCost = highestCost
        self.strongCost = strongCost
        self.cheapest = cheapest
        self.best = best
        self.oracleAccuracy = oracleAccuracy
        self.rankBounds = rankBounds
        self.lowCoverage = lowCoverage
        self.picks = picks
    }
}

/// How much of the train part a model answered.
package struct ModelCoverage: Hashable, Sendable {
    package var model: String
    /// 0…1.
    package var coverage: Double

    package init(model: String, coverage: Double) {
        self.model = model
        self.coverage = coverage
    }
}
