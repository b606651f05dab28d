/// What a router does at one budget: realised mean cost and mean accuracy over the items of a part.
package struct OperatingPoint: Hashable, Sendable {
    /// In the dataset's cost unit, a query.
    package var cost: Double
    /// 0…1.
    package var accuracy: Double

    package init(cost: Double, accuracy: Double) {
        self.cost = cost
        self.accuracy = accuracy
    }
}
