import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// What the `result` object of a record says, all but its member `choices`: written by ``members``.
struct EvaluationReport {
    let part: PartPredictions
    let plan: BudgetPlan
    let budgets: [Double]?
    let choices: Matrix<ModelNumber>
    let points: [OperatingPoint]
    let reference: CurveReference
    /// The listed budget that the record stands under; nil without one, and for a bound.
    let cap: CostCap?

    /// Items that could afford no model at a point.
    func unaffordable(at point: Int) -> Int {
        guard case .predictions(_, _, let sweep) = part.form, plan.request.rule.descriptor.budgets == .costs,
            case .budgets = plan.points, let budgets
        else { return 0 }
        return sweep.unaffordableCount(at: budgets[point])
    }
}

/// A listed budget and what a record makes of it.
struct CostCap {
    /// In the dataset's cost unit.
    let limit: Double
    /// The mean cost that was planned by train: of the models chosen, or predicted.
    let planned: Double?
    /// Whether the record does not keep within the budget and has no place among those that do.
    let isOver: Bool

    /// - Parameters:
    ///   - limit: the budget.
    ///   - planned: see ``planned``.
    ///   - realised: the mean cost on the evaluated part.
    ///   - predicts: whether the router predicts costs: it is also over when it spends more than the budget. A policy
    ///     of models whose mean train costs are within it is not, as its cost on other items varies about them.
    init(limit: Double, planned: Double?, realised: Double, predicts: Bool) {
        self.limit = limit
        self.planned = planned
        let tolerated = limit + abs(limit) * 1e-9
        isOver = (planned ?? limit) > tolerated || (predicts && realised > tolerated)
    }
}
