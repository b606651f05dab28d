import RoutingData

extension DataFact {
    /// What is to be said of a pool's outcomes.
    ///
    /// - Parameters:
    ///   - data: the dataset with the pool's models alone.
    ///   - isPriced: costs come from a price sheet and not from the dataset.
    /// - Returns: the facts, rising.
    static func found(in data: Dataset, isPriced: Bool) -> [DataFact] {
        let cost = data.cost
        var facts: [DataFact] = []
        let columns = data.models.indices.map { column in
            data.samples.indices.map { cost[$0, column] }.filter { !$0.isNaN }
        }
        if !isPriced {
            let costs = columns.flatMap(\.self)
            // Operations and the like are the same for every item by their nature.
            if data.costUnit == "USD", columns.contains(where: { $0.count > 1 && $0[0] > 0 && Set($0).count == 1 }) {
                facts.append(.constantCost)
            }
            if costs.contains(0), costs.contains(where: { $0 > 0 }) { facts.append(.zeroCost) }
        }
        return facts
    }
}
