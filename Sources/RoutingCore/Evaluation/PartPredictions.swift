import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// One router's output on one part, ready for any budget.
struct PartPredictions: Sendable {
    enum Form: Sendable {
        case predictions(quality: Matrix<Double>, cost: Matrix<Double>, threshold: ThresholdSweep)
        /// `[points, items]` choices that no budget changes.
        case fixed(Matrix<ModelNumber>, FixedKind)
    }

    /// Where fixed choices come from.
    enum FixedKind: Sendable { case scores, policies }

    let outcomes: ItemOutcomes
    let slices: PartSlices
    /// What metrics on this part refer to, without the points that a record picks.
    let reference: CurveReference
    let form: Form

    /// The mean predicted cost of some choices, those without a prediction left out; nil for a router that predicts
    /// none.
    func predictedCost(of choices: ArraySlice<ModelNumber>) -> Double? {
        guard case .predictions(_, let cost, _) = form else { return nil }
        var (sum, count) = (CompensatedSum(), 0)
        for (item, model) in choices.enumerated() where !cost[item, Int(model)].isNaN {
            sum.add(cost[item, Int(model)])
            count += 1
        }
        return count > 0 ? sum.value / Double(count) : nil
    }

    /// Asks a router about the rows of a part.
    init(_ router: any FittedRouter, on ground: EvaluationGround, part: EvaluationPart, modality: Modality?) throws {
        let shared = try ground.part(part)
        let rows = shared.rows
        (outcomes, slices, reference) = (shared.outcomes, shared.slices, shared.reference)
        let (items, models) = (rows.count, ground.table.models.count)
        switch try router.output(for: rows, of: ground.table, modality: modality) {
        case .predictions(let quality, let cost):
            precondition(quality.rows == items && quality.columns == models, "a router's answer of another shape")
            let sweep = ThresholdSweep(quality: quality, cost: cost, order: ground.order)
            form = .predictions(quality: quality, cost: cost, threshold: sweep)
        case .scores(let scores):
            precondition(scores.rows == items && scores.columns == models, "a router's answer of another shape")
            form = .fixed(SoftLabelRule.choices(scores, order: ground.order), .scores)
        case .policies(let policies):
            precondition(!policies.isEmpty, "a router without an operating point")
            var elements: [ModelNumber] = []
            for policy in policies {
                precondition(policy.count == items, "a router's answer of another length")
                for model in policy {
                    // The number after the last model's: no answer.
                    precondition((0...models).contains(model), "a router chose a model that does not exist")
                    elements.append(ModelNumber(model))
                }
            }
            form = .fixed(Matrix(rows: policies.count, columns: items, elements: elements), .policies)
        }
    }
}
