/// E(c): accuracy as a piecewise linear function of realised mean cost.
///
/// Points are sorted by cost alone, equal costs in the order given: no label has a say. Left of its first point a curve
/// keeps the first accuracy, right of the last point the last one. Points of one cost make a vertical step from the
/// first of them to the last, whose accuracy is the value there; those between are left out.
package struct BudgetCurve: Sendable {
    /// By rising cost, at most two of one cost.
    package let points: [OperatingPoint]

    /// The curve through some points, and from `cheapest` to the first of them where that one costs less.
    ///
    /// - Parameters:
    ///   - points: at least one.
    ///   - cheapest: the cheapest single model: left of a router's own points, queries are mixed between the two.
    package init(through points: [OperatingPoint], from cheapest: OperatingPoint? = nil) {
        precondition(!points.isEmpty, "a curve without a point")
        // Curves are made millions of times a board: one that rises keeps its array.
        let isLed = cheapest.map { $0.cost < points[0].cost } ?? false
        if Self.rises(points), !isLed {
            self.points = points
            return
        }
        var sorted = points
        if !zip(points, points.dropFirst()).allSatisfy({ $0.cost <= $1.cost }) {
            let order = points.indices.sorted { (points[$0].cost, $0) < (points[$1].cost, $1) }
            sorted = order.map { points[$0] }
        }
        var kept: [OperatingPoint] = []
        kept.reserveCapacity(sorted.count + 1)
        if let cheapest, cheapest.cost < sorted[0].cost { kept.append(cheapest) }
        for point in sorted {
            if kept.count > 1, kept[kept.count - 2].cost == point.cost { kept.removeLast() }
            kept.append(point)
        }
        self.points = kept
    }

    /// Whether each point costs more than the one before.
    private static func rises(_ points: [OperatingPoint]) -> Bool {
        var last = -Double.infinity
        for point in points {
            guard point.cost > last else { return false }
            last = point.cost
        }
        return true
    }

    /// What no choice of models can beat, of the concave curve of the best ones.
    ///
    /// A router that costs less than the cheapest single model keeps its first accuracy left of its first point, so
    /// that the bound is constant up to that model's cost.
    /// - Parameters:
    ///   - envelope: by rising cost, concave.
    ///   - cheapest: the cheapest single model.
    init(bounding envelope: [OperatingPoint], from cheapest: OperatingPoint) {
        let curve = BudgetCurve(through: envelope)
        let start = OperatingPoint(
            cost: cheapest.cost,
            accuracy: max(curve.value(at: cheapest.cost), cheapest.accuracy)
        )
        self.init(through: [start] + curve.points.filter { $0.cost > cheapest.cost })
    }

    /// E at a cost.
    package func value(at cost: Double) -> Double {
        guard let next = points.firstIndex(where: { $0.cost > cost }) else { return points[points.count - 1].accuracy }
        guard next > 0 else { return points[0].accuracy }
        return Self.interpolated(points[next - 1], points[next], at: cost)
    }

    /// ∫ E dc between two costs.
    package func integral(from low: Double, to high: Double) -> Double { sum(from: low, to: high).value }

    /// ∫ E dc ÷ (high − low), rounded once: curves that are equal there have equal means, to the bit.
    ///
    /// - Parameters:
    ///   - low: less than `high`.
    ///   - high: the end.
    /// - Returns: the mean of E.
    package func mean(from low: Double, to high: Double) -> Double {
        sum(from: low, to: high).divided(byDifference: high, low)
    }

    private func sum(from low: Double, to high: Double) -> CompensatedSum {
        var sum = CompensatedSum()
        guard high > low else { return sum }
        // Constant up to the first point and from the last one on.
        let (first, last) = (points[0], points[points.count - 1])
        if low < first.cost {
            sum.addTrapezium(from: low, to: min(high, first.cost), between: first.accuracy, and: first.accuracy)
        }
        if high > last.cost {
            sum.addTrapezium(from: max(low, last.cost), to: high, between: last.accuracy, and: last.accuracy)
        }
        for (left, right) in zip(points, points.dropFirst()) {
            let (from, to) = (max(left.cost, low), min(right.cost, high))
            guard to > from else { continue }
            let start = from == left.cost ? left.accuracy : Self.interpolated(left, right, at: from)
            let end = to == right.cost ? right.accuracy : Self.interpolated(left, right, at: to)
            sum.addTrapezium(from: from, to: to, between: start, and: end)
        }
        return sum
    }

    /// The smallest cost between two costs at which E is at least `accuracy`; nil when there is none.
    package func firstCost(reaching accuracy: Double, from low: Double, to high: Double) -> Double? {
        guard high >= low else { return nil }
        if value(at: low) >= accuracy { return low }
        for (left, right) in zip(points, points.dropFirst()) where right.cost >= low {
            if left.cost > high { return nil }
            guard right.accuracy >= accuracy else { continue }
            // E rises through `accuracy` on this piece (or steps over it).
            let rise = right.accuracy - left.accuracy
            let share = rise > 0 ? max(0, (accuracy - left.accuracy) / rise) : 0
            let cost = min(left.cost + share * (right.cost - left.cost), right.cost)
            if cost > high { return nil }
            if cost >= low { return cost }
        }
        return nil
    }

    private static func interpolated(_ left: OperatingPoint, _ right: OperatingPoint, at cost: Double) -> Double {
        guard right.cost > left.cost else { return right.accuracy }
        let share = (cost - left.cost) / (right.cost - left.cost)
        return left.accuracy + share * (right.accuracy - left.accuracy)
    }
}
