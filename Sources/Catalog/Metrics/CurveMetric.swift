/// The metrics of one record, in the order of reports.
package enum CurveMetric: String, CaseIterable, Hashable, Sendable {
    /// At the largest budget point.
    case accuracy
    /// At the largest budget point.
    case meanCost = "mean_cost"
    /// Area under the router's own curve over its own cost range.
    case naucOwn = "nauc_own"
    /// Area under E(c) over the pool's shared cost range.
    case naucShared = "nauc_shared"
    /// Peak score.
    case ps
    /// Cost at which the best single model is reached, over that model's cost; in mode `sound` a board alone gives it.
    case qnc
    /// At the point of ``qnc``: accuracy − accuracy of the best single model.
    case qncGap = "qnc_gap"
    /// At the point of ``qnc``: cost over the best single model's cost.
    case qncCost = "qnc_cost"
    /// Cost over the best single model's, at the cheapest point that keeps 95 % of its accuracy on dev.
    case costAt95 = "cost_at_95"
    /// At that point: accuracy over the best single model's.
    case qualityAt95 = "quality_at_95"
    case costAt98 = "cost_at_98"
    case qualityAt98 = "quality_at_98"
    case costAt100 = "cost_at_100"
    case qualityAt100 = "quality_at_100"
    /// Oracle accuracy − accuracy at the largest budget point.
    case regret
    /// Peak score − accuracy of the best single model.
    case gain
    /// Mean of the performance gap recovered over the cost share.
    case apgr
    /// Cost share at which 20 % of the gap between cheapest and best single model is recovered.
    case cpt20 = "cpt_20"
    /// There: the share of the gap that is recovered.
    case pgrAt20 = "pgr_at_20"
    case cpt50 = "cpt_50"
    case pgrAt50 = "pgr_at_50"
    case cpt80 = "cpt_80"
    case pgrAt80 = "pgr_at_80"
    /// VL-RouterBench's score of accuracy and cost, at the largest budget point.
    case rankScore = "rank_score"

    /// The metrics that records of a mode have: those that are picked on dev belong to `sound`.
    package static func cases(of mode: EvaluationMode) -> [CurveMetric] {
        mode == .sound ? allCases : peers
    }

    private static let peers: [CurveMetric] = [
        .accuracy, .meanCost, .naucOwn, .naucShared, .ps, .qnc, .regret, .gain, .apgr, .cpt20, .cpt50, .cpt80,
        .rankScore,
    ]
}
