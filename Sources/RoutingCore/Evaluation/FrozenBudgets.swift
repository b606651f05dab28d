import Scoring

/// Budgets taken from a curve, to be kept for another part.
package enum FrozenBudgets {
    /// The most operating points of a record in mode `sound`.
    static let limit = 1_024

    /// The budgets of a curve's Pareto frontier, by rising cost of the points, at most ``limit``.
    ///
    /// A longer frontier of m points is thinned to the points number round(i · (m − 1) ÷ (limit − 1)), i = 0 ..< limit:
    /// the first and the last stay, the others are evenly spaced. A curve without a point (no prediction at all) gives
    /// budget 0.
    static func frontier(of curve: SweepCurve, limit: Int = limit) -> [Double] {
        let kept = ParetoFrontier.indices(cost: curve.cost, accuracy: curve.accuracy)
        return kept.isEmpty ? [0] : thinned(kept, to: limit).map { curve.budgets[$0] }
    }

    /// At most `limit` of some elements, evenly spaced, with the first and the last.
    package static func thinned<Element>(_ elements: [Element], to limit: Int) -> [Element] {
        guard elements.count > limit, limit > 1 else { return elements }
        let last = elements.count - 1
        // Whole numbers: (2 i last + d) / (2 d) rounds i · last / d half up.
        let divisor = limit - 1
        return (0..<limit).map { elements[(2 * $0 * last + divisor) / (2 * divisor)] }
    }
}
