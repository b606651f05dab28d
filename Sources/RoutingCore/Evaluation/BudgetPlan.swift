import Catalog
import RouteGridBase
import RoutingData
import Scoring

/// Which operating points an evaluation reads, decided before it sees a label of the evaluated part (in mode `sound`).
struct BudgetPlan {
    enum Points {
        /// Budgets of the rule's sweep.
        case budgets([Double])
        /// The router's own choice vectors; of the oracle under rule `soft-label` in mode `compat`, the cheapest
        /// correct models.
        case own
        /// The oracle in mode `sound`, whatever the budget: what no choice of models can beat.
        case envelope
    }

    let request: EvaluationRequest
    let mode: EvaluationMode
    let points: Points
    /// A listed budget of a rule of costs in mode `sound`: policies keep their mean train cost within it.
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
        let budgets = request.rule.descriptor.budgets
        cap = mode == .sound && budgets == .costs ? request.budget.amount(of: ground.pool) : nil
        if mode == .sound, experiment.router is OracleRouter {
            points = .envelope
            return
        }
        let evaluated = try experiment.predictions(request.part, modality: request.testModality, cap: cap)
        guard case .predictions = evaluated.form else {
            if case .fixed(_, .scores) = evaluated.form, budgets != .labels {
                throw Self.unsuited("scores models", request, experiment)
            }
            points = .own
            return
        }
        switch (budgets, request.budget) {
        case (.labels, _) where experiment.router is OracleRouter: points = .own
        case (.labels, _): throw Self.unsuited("predicts quality and cost", request, experiment)
        case (.costs, .amount(let amount)): points = .budgets([amount])
        case (.costs, .relative(let multiple)):
            let best = ground.bestSingle(on: evaluated.outcomes)
            points = .budgets([multiple * ground.pool.charge(of: best)])
        case (.penalties, .amount(let lambda)):
            guard lambda >= 0, lambda.isFinite else {
                throw RouteGridError.badInput("budgets", "λ = \(lambda): expected a finite number of at least 0")
            }
            points = .budgets([lambda])
        case (.penalties, .relative):
            let rule = request.rule.rawValue
            throw RouteGridError.badInput("budgets", "rule \(rule): expected λ or exact, found a multiple such as 0.5x")
        case (_, .exact):
            // Sound: the dev frontier, frozen. Compat: the frontier of the evaluated part itself.
            let part = mode == .sound ? EvaluationPart.dev : request.part
            let source = try experiment.predictions(part, modality: request.testModality, cap: nil)
            let limit = mode == .sound ? FrozenBudgets.limit : Int.max
            guard let sweep = Self.sweep(request.rule, of: source, scale: scale, order: order) else {
                preconditionFailure("a router that predicts on one part and not on the other")
            }
            points = .budgets(FrozenBudgets.frontier(of: sweep.curve(of: source.outcomes), limit: limit))
        }
    }

    /// The rule over a part's predictions; nil for a router that predicts none, and a rule that needs none.
    private static func sweep(
        _ rule: BudgetRule,
        of part: PartPredictions,
        scale: Double,
        order: TieOrder
    ) -> (any RuleSweep)? {
        guard case .predictions(let quality, let cost, let threshold) = part.form else { return nil }
        switch rule {
        case .threshold: return threshold
        case .penalty: return PenaltySweep(quality: quality, cost: cost, scale: scale, order: order)
        case .softLabel: return nil
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
        case (.fixed(let choices, _), _): return choices
        case (.predictions, .budgets(let budgets)):
            guard let sweep = Self.sweep(request.rule, of: part, scale: scale, order: order) else {
                preconditionFailure("budgets of a rule without a sweep")
            }
            return sweep.choices(at: budgets)
        case (.predictions(let quality, let cost, _), .own):
            return SoftLabelRule.cheapestCorrect(quality: quality, cost: cost)
        case (.predictions, .envelope):
            return OutcomeEnvelope(part.outcomes, preference: order.preference, limit: FrozenBudgets.limit).choices
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
        var budgets: [Double]?
        if case .budgets(let planned) = points { budgets = planned }
        guard mode == .compat, choices.rows > 1 else { return (choices, all, budgets) }
        let kept = ParetoFrontier.indices(cost: all.map(\.cost), accuracy: all.map(\.accuracy))
        return (choices.rows(kept), kept.map { all[$0] }, budgets.map { budgets in kept.map { budgets[$0] } })
    }

    /// The point of the largest budget: highest threshold, lowest λ; for a router's own points the highest realised
    /// cost.
    ///
    /// Mode `sound` reads it on dev instead.
    func largest(of points: [OperatingPoint], budgets: [Double]?) -> Int {
        let size: [Double]
        switch (self.points, request.rule.descriptor.budgets) {
        case (.budgets, .penalties): size = (budgets ?? []).map { -$0 }
        case (.budgets, _): size = budgets ?? []
        case (.own, _), (.envelope, _): size = points.map(\.cost)
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
