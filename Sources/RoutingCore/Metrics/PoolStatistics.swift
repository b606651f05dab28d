package import RouteGridBase
package import RoutingData

/// What the train part says about the pool of models: the ground that budgets and metrics stand on.
///
/// Missing cells are left out of the means.
package struct PoolStatistics: Sendable {
    /// `[models]`, mean quality over the train part; NaN for a model without an outcome there.
    package let meanQuality: [Double]
    /// `[models]`, mean cost over the train part; NaN for a model without an outcome there.
    package let meanCost: [Double]
    /// c_lo: the lowest of the mean costs.
    package let lowestCost: Double
    /// c_hi: the highest of the mean costs.
    package let highestCost: Double
    /// The model of highest mean quality; the cheaper, then the first, of equals.
    package let best: Int
    /// The model of lowest mean cost; the better, then the first, of equals.
    package let cheapest: Int
    /// All models from the cheapest mean cost to the dearest, the first of equals first, models without one last.
    package let byCost: [Int]

    /// The statistics of some rows of a table.
    ///
    /// - Throws: ``RouteGridError`` `badInput` when no model has an outcome in these rows.
    package init(_ table: OutcomeTable, train rows: [Int]) throws(RouteGridError) {
        let ranking = PoolRanking(table, rows: rows)
        let known = ranking.cost.filter { !$0.isNaN }
        guard let low = known.min(), let high = known.max() else {
            throw .badInput(
                "split",
                "no model has an outcome in the train part (\(rows.count) rows): expected at least one"
            )
        }
        meanQuality = ranking.quality
        meanCost = ranking.cost
        lowestCost = low
        highestCost = high
        best = ranking.strongest
        cheapest = ranking.cheapest
        let orderCost = ranking.cost.map { $0.isNaN ? Double.infinity : $0 }
        byCost = orderCost.indices.sorted { (orderCost[$0], $0) < (orderCost[$1], $1) }
    }

    /// What a missing cell of a model costs when it is chosen: the model's mean train cost, or c_hi when it has none.
    package func charge(of model: Int) -> Double { meanCost[model].isNaN ? highestCost : meanCost[model] }
}
