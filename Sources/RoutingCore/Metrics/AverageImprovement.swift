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

    /// The highest cost on the hull of any of several routers; 0 for none.
    package static func highestCost(of routers: [[OperatingPoint]]) -> Double {
        routers.compactMap { hull(of: $0).last?.cost }.max() ?? 0
    }

    /// The AIQ of a router: the area under its hull from its own cheapest point to `highest`, divided by `highest`.
    ///
    /// The last accuracy of the hull is held; nothing counts left of its first point.
    /// - Parameters:
    ///   - points: the operating points of the router.
    ///   - highest: the end of the range, see ``highestCost(of:)``.
    /// - Returns: the value; absent without a point or when no cost is positive.
    package static func value(of points: [OperatingPoint], upTo highest: Double) -> MetricValue {
        let hull = hull(of: points)
        guard let first = hull.first else { return .absent(why: "no operating point") }
        guard highest > 0 else { return .absent(why: "no operating point has a positive cost") }
        return .value(BudgetCurve(through: hull).integral(from: first.cost, to: highest) / highest)
    }

    /// The AIQ of several routers on one dataset, up to the highest cost on any of their hulls.
    ///
    /// - Parameter routers: the operating points of each router, at least one a router.
    /// - Returns: one value a router; absent when no hull has a positive cost.
    package static func values(of routers: [[OperatingPoint]]) -> [MetricValue] {
        let highest = highestCost(of: routers)
        return routers.map { value(of: $0, upTo: highest) }
    }
}
