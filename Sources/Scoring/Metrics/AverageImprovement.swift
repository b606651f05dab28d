/// AIQ, "average improvement in quality", as RouterBench publishes it: a metric over several routers.
///
/// - Reference: Q. J. Hu et al., "RouterBench", arXiv 2403.12031, and its released code.
package enum AverageImprovement {
    /// The places of the corners of the non-decreasing concave hull of some points, by rising cost.
    ///
    /// From the cheapest point (the most accurate of equals) to the most accurate one.
    package static func corners(of points: [OperatingPoint]) -> [Int] {
        var corners: [Int] = []
        for place in ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy)) {
            let point = points[place]
            while corners.count > 1 {
                let (a, b) = (points[corners[corners.count - 2]], points[corners[corners.count - 1]])
                let old = (b.accuracy - a.accuracy) * (point.cost - a.cost)
                let new = (point.accuracy - a.accuracy) * (b.cost - a.cost)
                guard new >= old else { break }
                corners.removeLast()
            }
            corners.append(place)
        }
        return corners
    }

    /// The corners of the non-decreasing concave hull of a router's points, by rising cost.
    package static func hull(of points: [OperatingPoint]) -> [OperatingPoint] { corners(of: points).map { points[$0] } }

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
        area(through: hull(of: points), upTo: highest)
    }

    /// The same through points that were chosen before: in mode `sound` the corners of the hull on dev, read on test.
    ///
    /// - Parameters:
    ///   - corners: in any order; see ``CurvePicks/hull``.
    ///   - highest: the end of the range, in realised cost.
    /// - Returns: the value; absent without a point or when no cost is positive.
    package static func area(through corners: [OperatingPoint], upTo highest: Double) -> MetricValue {
        guard !corners.isEmpty else { return .absent(why: "no operating point") }
        guard highest > 0 else { return .absent(why: "no operating point has a positive cost") }
        let curve = BudgetCurve(through: corners)
        return .value(curve.integral(from: curve.points[0].cost, to: highest) / highest)
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
