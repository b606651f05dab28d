/// All operating points of one router on one part, in the order of their budgets.
package struct SweepCurve: Sendable {
    /// Thresholds (ascending) or λ (ascending).
    package private(set) var budgets: [Double] = []
    /// Realised mean cost at each budget.
    package private(set) var cost: [Double] = []
    /// Accuracy at each budget.
    package private(set) var accuracy: [Double] = []

    package var count: Int { budgets.count }

    init(capacity: Int) {
        budgets.reserveCapacity(capacity)
        cost.reserveCapacity(capacity)
        accuracy.reserveCapacity(capacity)
    }

    @inline(__always)
    mutating func append(_ budget: Double, cost: Double, accuracy: Double) {
        budgets.append(budget)
        self.cost.append(cost)
        self.accuracy.append(accuracy)
    }
}
