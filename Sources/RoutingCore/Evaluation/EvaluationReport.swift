import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// The `result` object of a record, all but its member `choices`: as a tree, and as bytes (``members``).
struct EvaluationReport {
    let part: PartPredictions
    let plan: BudgetPlan
    let budgets: [Double]?
    let choices: Matrix<ModelNumber>
    let points: [OperatingPoint]
    let reference: CurveReference
    /// The listed budget that the record stands under; nil without one, and for a bound.
    let cap: CostCap?

    var json: JSONValue {
        let largest = reference.picks.largest
        var members: [String: JSONValue] = [
            "n": JSONValue(part.outcomes.items),
            "n_missing": JSONValue(part.outcomes.missingCount),
            "n_missing_chosen": JSONValue(part.outcomes.missingChosen(in: choices.row(largest))),
            "n_unaffordable": JSONValue(unaffordable(at: largest)),
            "points": .array(points.indices.map(point)),
            "metrics": metrics,
            "reference": reference.json,
            "slices": part.slices.json(of: choices.row(largest), part.outcomes),
        ]
        members["cost_cap"] = cap?.json
        return .object(members)
    }

    /// Items that could afford no model at a point.
    func unaffordable(at point: Int) -> Int {
        guard case .predictions(_, _, let sweep) = part.form, case .thresholds = plan.points, let budgets else {
            return 0
        }
        return sweep.unaffordableCount(at: budgets[point])
    }

    private func point(_ index: Int) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": JSONValue(index),
            "cost": .double(points[index].cost),
            "accuracy": .double(points[index].accuracy),
        ]
        switch (plan.points, budgets, plan.request.rule, plan.request.budget) {
        case (.thresholds, let budgets?, _, _): members["threshold"] = .double(budgets[index])
        case (.penalties, let budgets?, _, _): members["lambda"] = .double(budgets[index])
        case (.own, _, .softLabel, .amount(let lambda)):
            members["lambda"] = lambda.isFinite ? .double(lambda) : "inf"
        default: break
        }
        return .object(members)
    }

    /// Every metric by name; `at` is the point that it was read at, for the paired statistics of a board.
    private var metrics: JSONValue {
        let metrics = CurveMetrics(points: points, reference: reference)
        var members: [String: JSONValue] = [:]
        for metric in CurveMetric.cases(of: plan.mode) {
            guard var fields = metrics[metric].json.objectValue else { continue }
            if let place = reference.picks.place(of: metric) {
                fields["at"] = JSONValue(place.to)
                if !place.isWhole {
                    fields["from"] = place.from.map { JSONValue($0) }
                    fields["mix"] = .double(place.share)
                }
            }
            members[metric.rawValue] = .object(fields)
        }
        return .object(members)
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

    var json: JSONValue {
        ["limit": .double(limit), "planned": planned.map { .double($0) } ?? .null, "over": .bool(isOver)]
    }
}
