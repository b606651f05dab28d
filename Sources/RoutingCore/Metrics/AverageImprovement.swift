/// AIQ, "average improvement in quality", as RouterBench publishes it: a metric over several routers.
///
/// - Reference: Q. J. Hu et al., "RouterBench", arXiv 2403.12031, and its released code.
package enum AverageImprovement {
    /// The corners of the non-decreasing concave hull of a router's points, by rising cost.
    ///
    /// From the cheapest point (the most accurate of equals) to the most accurate one.
    package static func hull(of points: [OperatingPoint]) -> [OperatingPoint] {
        let frontier = ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy))
        var corners: [OperatingPoint] = []
        for point in frontier.map({ points[$0] }) {
            while corners.count > 1 {
                let (a, b) = (corners[corners.count - 2], corners[corners.count - 1])
                let old = (b.accuracy - a.accuracy) * (point.cost - a.cost)
                let new = (point.accuracy - a.accuracy) * (b.cost - a.cost)
                guard new >= old else { break }
                corners.removeLast()
            }
            corners.append(point)
        }
        return corners
    }

    /// The AIQ of several routers on one dataset: the area under each router's hull from its own cheapest point to the
    /// highest cost on any hull, divided by that highest cost.
    ///
    /// The last accuracy of a hull is held; nothing counts left of its first point.
    /// - Parameter routers: the operating points of each router, at least one a router.
    /// - Returns: one value a router; absent when no hull has a positive cost.
    package static func values(of routers: [[OperatingPoint]]) -> [MetricValue] {
        let hulls = routers.map(hull(of:))
        let highest = hulls.compactMap(\.last?.cost).max() ?? 0
        return hulls.map { hull in
            guard let first = hull.first else { return .absent(why: "no operating point") }
            guard highest > 0 else { return .absent(why: "no operating point has a positive cost") }
            return .value(BudgetCurve(through: hull).integral(from: first.cost, to: highest) / highest)
        }
    }
}
