import Catalog
package import RouteGridBase
package import RoutingData

/// What the train part says about the pool of models: the ground that budgets and metrics stand on.
///
/// Means follow the rule of the evaluation: a missing cell is wrong, and costs what its model costs where it answered.
/// A model that answered too few rows is no reference: neither best nor cheapest, and not an end of the cost range.
package struct PoolStatistics: Sendable {
    /// `[models]`, mean quality over the train part, missing cells as wrong; NaN for a model without an outcome there.
    package let meanQuality: [Double]
    /// `[models]`, mean cost over the train part; NaN for a model without an outcome there.
    package let meanCost: [Double]
    /// `[models]`, the share of train rows that the model answered, 0…1.
    package let coverage: [Double]
    /// Models below the coverage that a reference needs.
    package let lowCoverage: [Int]
    /// c_lo: the lowest mean cost of a reference.
    package let lowestCost: Double
    /// c_hi: the highest mean cost of a reference.
    package let highestCost: Double
    /// The model of highest mean quality; the cheaper, then the first, of equals.
    package let best: Int
    /// The model of lowest mean cost; the better, then the first, of equals.
    package let cheapest: Int
    /// All models from the cheapest mean cost to the dearest, the first of equals first, models without one last.
    package let byCost: [Int]

    /// What a model without any train outcome is charged: the highest mean cost of all.
    package let dearestCost: Double
    /// The ranking that the references come from.
    let ranking: PoolRanking

    /// The statistics of some rows of a table.
    ///
    /// - Parameters:
    ///   - table: the outcomes.
    ///   - rows: the train part.
    ///   - minCoverage: the share of these rows that a reference must have answered, 0…1. Where no model has, all
    ///     compete.
    /// - Throws: ``RouteGridError`` `badInput` when no model has an outcome in these rows.
    package init(
        _ table: OutcomeTable,
        train rows: [Int],
        minCoverage: Double = ReferenceCoverage.standard
    ) throws(RouteGridError) {
        let ranking = PoolRanking(table, rows: rows, minimum: minCoverage)
        let range = ranking.candidates.map { ranking.cost[$0] }.filter { !$0.isNaN }
        guard let low = range.min(), let high = range.max() else {
            throw .badInput(
                "split",
                "no model has an outcome in the train part (\(rows.count) rows): expected at least one"
            )
        }
        meanQuality = ranking.quality
        meanCost = ranking.cost
        coverage = ranking.coverage
        lowCoverage = ranking.coverage.indices.filter { ranking.coverage[$0] < minCoverage }
        dearestCost = ranking.cost.filter { !$0.isNaN }.max() ?? high
        self.ranking = ranking
        lowestCost = low
        highestCost = high
        best = ranking.strongest
        cheapest = ranking.cheapest
        let orderCost = ranking.cost.map { $0.isNaN ? Double.infinity : $0 }
        byCost = orderCost.indices.sorted { (orderCost[$0], $0) < (orderCost[$1], $1) }
    }

    /// What a missing cell of a model costs when it is chosen: the model's mean train cost, or the highest of any
    /// model when it has none.
    package func charge(of model: Int) -> Double { meanCost[model].isNaN ? dearestCost : meanCost[model] }
}
