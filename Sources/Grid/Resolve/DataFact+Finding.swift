import RoutingData

extension DataFact {
    /// What is to be said of the costs that a dataset brings along.
    ///
    /// - Parameter data: the dataset with the pool's models alone.
    /// - Returns: the facts, rising.
    static func found(in data: Dataset) -> [DataFact] {
        guard let cost = data.cost else { return [] }
        var facts: [DataFact] = []
        let columns = data.models.indices.map { column in
            data.samples.indices.map { cost[$0, column] }.filter { !$0.isNaN }
        }
        // Operations and the like are the same for every item by their nature.
        if data.costUnit == "USD", columns.contains(where: { $0.count > 1 && $0[0] > 0 && Set($0).count == 1 }) {
            facts.append(.constantCost)
        }
        if columns.contains(where: { $0.contains(0) }), columns.contains(where: { $0.contains { $0 > 0 } }) {
            facts.append(.zeroCost)
        }
        return facts
    }
}
