import RouteGridBase
import RouterCatalog
import RoutingData

/// The `result` object of a record, all but its member `choices`: as a tree, and as bytes (``members``).
struct EvaluationReport {
    let part: PartPredictions
    let plan: BudgetPlan
    let budgets: [Double]?
    let choices: Matrix<ModelNumber>
    let points: [OperatingPoint]
    let reference: CurveReference

    var json: JSONValue {
        let largest = reference.largest
        return [
            "n": JSONValue(part.outcomes.items),
            "n_missing": JSONValue(part.outcomes.missingCount),
            "n_missing_chosen": JSONValue(part.outcomes.missingChosen(in: choices.row(largest))),
            "n_unaffordable": JSONValue(unaffordable(at: largest)),
            "points": .array(points.indices.map(point)),
            "metrics": metrics,
            "reference": reference.json,
            "slices": part.slices.json(of: choices.row(largest), part.outcomes),
        ]
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
        for metric in CurveMetric.allCases {
            let json = metrics[metric].json
            guard var fields = json.objectValue else { continue }
            if let place = place(of: metric) { fields["at"] = JSONValue(place) }
            members[metric.rawValue] = .object(fields)
        }
        return .object(members)
    }

    /// The point that a metric was read at, if it was read at one.
    func place(of metric: CurveMetric) -> Int? {
        switch (metric, reference.peak, reference.parity) {
        case (.accuracy, _, _), (.meanCost, _, _): reference.largest
        case (.ps, .point(let index), _): index
        case (.qnc, _, .point(let index)): index
        default: nil
        }
    }
}
