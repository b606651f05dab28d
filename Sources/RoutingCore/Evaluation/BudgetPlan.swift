import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// Which operating points an evaluation reads, decided before it sees a label of the evaluated part (in mode `sound`).
struct BudgetPlan {
    enum Points {
        /// Thresholds of the rule `threshold`.
        case thresholds([Double])
        /// λ of the rule `penalty`.
        case penalties([Double])
        /// The router's own choice vectors; of the oracle under rule `soft-label` in mode `compat`, the cheapest
        /// correct models.
        case own
        /// The oracle in mode `sound`, whatever the budget: what no choice of models can beat.
        case envelope
    }

    let request: EvaluationRequest
    let mode: EvaluationMode
    let points: Points
    /// A listed budget of the rule `threshold` in mode `sound`: policies keep their mean train cost within it.
    let cap: Double?
    /// What predicted costs are multiplied by in the rule `penalty`.
    private let scale: Double
    private let order: TieOrder

    /// - Throws: ``RouteGridError`` `badInput` when the budget does not suit the rule or the rule the router.
    init(_ request: EvaluationRequest, experiment: FittedExperiment) throws {
        let ground = experiment.ground
        self.request = request
        mode = ground.mode
        order = ground.order
        scale = request.isRawPenalty || ground.pool.highestCost <= 0 ? 1 : 1 / ground.pool.highestCost
        cap = mode == .sound && request.rule == .threshold ? request.budget.amount(of: ground.pool) : nil
        if mode == .sound, experiment.router is OracleRouter {
            points = .envelope
            return
        }
        let evaluated = try experiment.predictions(request.part, modality: request.testModality, cap: cap)
        guard case .predictions = evaluated.form else {
            if case .fixed(_, .scores) = evaluated.form, request.rule != .softLabel {
                throw Self.unsuited("scores models", request, experiment)
            }
            points = .own
            return
        }
        switch (request.rule, request.budget) {
        case (.softLabel, _) where experiment.router is OracleRouter: points = .own
        case (.softLabel, _): throw Self.unsuited("predicts quality and cost", request, experiment)
        case (.threshold, .amount(let amount)): points = .thresholds([amount])
        case (.threshold, .relative(let multiple)):
            let best = ground.bestSingle(on: evaluated.outcomes)
            points = .thresholds([multiple * ground.pool.charge(of: best)])
        case (.penalty, .amount(let lambda)):
            guard lambda >= 0, lambda.isFinite else {
                throw RouteGridError.badInput("budgets", "λ = \(lambda): expected a finite number of at least 0")
            }
            points = .penalties([lambda])
        case (.penalty, .relative):
            throw RouteGridError.badInput("budgets", "rule penalty: expected λ or exact, found a multiple such as 0.5x")
        case (_, .exact):
            // Sound: the dev frontier, frozen. Compat: the frontier of the evaluated part itself.
            let part = mode == .sound ? EvaluationPart.dev : request.part
            let source = try experiment.predictions(part, modality: request.testModality, cap: nil)
            let limit = mode == .sound ? FrozenBudgets.limit : Int.max
            guard case .predictions(let quality, let cost, let sweep) = source.form else {
                preconditionFailure("a router that predicts on one part and not on the other")
            }
            if request.rule == .threshold {
                points = .thresholds(FrozenBudgets.frontier(of: sweep.curve(of: source.outcomes), limit: limit))
            } else {
                let penalty = PenaltySweep(quality: quality, cost: cost, scale: scale, order: order)
                points = .penalties(FrozenBudgets.frontier(of: penalty.curve(of: source.outcomes), limit: limit))
            }
        }
    }

    private static func unsuited(_ what: String, _ request: EvaluationRequest, _ fit: FittedExperiment)
        -> RouteGridError
    {
        let kind = fit.request.router.kind
        let rule = request.rule.rawValue
        return .badInput("budgets", "router \(kind) \(what): rule \(rule) does not apply to it")
    }

    /// `[points, items]` model numbers of a part at the planned points.
    func choices(of part: PartPredictions) -> Matrix<ModelNumber> {
        switch (part.form, points) {
        case (.fixed(let choices, _), _): choices
        case (.predictions(_, _, let sweep), .thresholds(let thresholds)): sweep.choices(at: thresholds)
        case (.predictions(let quality, let cost, _), .penalties(let lambdas)):
            PenaltySweep(quality: quality, cost: cost, scale: scale, order: order).choices(at: lambdas)
        case (.predictions(let quality, let cost, _), .own):
            SoftLabelRule.cheapestCorrect(quality: quality, cost: cost)
        case (.predictions, .envelope):
            OutcomeEnvelope(part.outcomes, preference: order.preference, limit: FrozenBudgets.limit).choices
        }
    }

    /// The operating points on a part: all of them (sound), the frontier by rising cost (compat).
    ///
    /// - Parameter part: the evaluated part.
    /// - Returns: `[points, items]` model numbers, the points, and their budgets (none for a router's own points).
    func points(
        of part: PartPredictions
    ) -> (choices: Matrix<ModelNumber>, points: [OperatingPoint], budgets: [Double]?) {
        let choices = choices(of: part)
        let all = part.outcomes.points(of: choices)
        let budgets: [Double]? =
            switch points {
            case .thresholds(let thresholds): thresholds
            case .penalties(let lambdas): lambdas
            case .own, .envelope: nil
            }
        guard mode == .compat, choices.rows > 1 else { return (choices, all, budgets) }
        let kept = ParetoFrontier.indices(cost: all.map(\.cost), accuracy: all.map(\.accuracy))
        return (choices.rows(kept), kept.map { all[$0] }, budgets.map { budgets in kept.map { budgets[$0] } })
    }

    /// The point of the largest budget: highest threshold, lowest λ; for a router's own points the highest realised
    /// cost.
    ///
    /// Mode `sound` reads it on dev instead.
    func largest(of points: [OperatingPoint], budgets: [Double]?) -> Int {
        let size: [Double] =
            switch self.points {
            case .thresholds: budgets ?? []
            case .penalties: (budgets ?? []).map { -$0 }
            case .own, .envelope: points.map(\.cost)
            }
        return size.indices.max { (size[$0], $0) < (size[$1], $1) } ?? 0
    }
}

extension Budget {
    /// What a listed budget comes to in the cost unit; nil for `exact`.
    fileprivate func amount(of pool: PoolStatistics) -> Double? {
        switch self {
        case .exact: nil
        case .amount(let amount): amount
        case .relative(let multiple): multiple * pool.charge(of: pool.best)
        }
    }
}
