import RoutingData
import Scoring

/// A budget rule over the predictions of one part.
protocol RuleSweep: Sendable {
    /// Every operating point of the rule, in the order of the budgets.
    func curve(of outcomes: ItemOutcomes) -> SweepCurve
    /// `[budgets, items]`: the model that each item gets at some budgets.
    func choices(at budgets: [Double]) -> Matrix<ModelNumber>
}

extension ThresholdSweep: RuleSweep {}
extension PenaltySweep: RuleSweep {}
