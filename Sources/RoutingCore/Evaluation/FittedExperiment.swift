import RouteGridBase
import RouterCatalog
import RoutingData

/// A fitted router with all that evaluations of it share: one fit, many budgets.
///
/// Predictions of a part are computed once a modality and kept. Safe to use from several threads; two that ask for the same
/// part at once may both compute it.
package struct FittedExperiment: Sendable {
    package let request: FitRequest
    package let router: any FittedRouter
    package let ground: EvaluationGround
    private let cache = LockedBox<[CacheKey: PartPredictions]>([:])
    /// Evaluations of a router's own points, which no budget changes.
    private let ownPoints = LockedBox<[OwnPoints: Evaluation]>([:])

    private struct CacheKey: Hashable {
        var part: EvaluationPart
        var modality: Modality?
    }

    private struct OwnPoints: Hashable {
        var part: CacheKey
        /// λ of a soft label: points show it.
        var lambda: Budget?
    }

    /// Puts a fit and its data together.
    ///
    /// `ground` is that of the request's table, parts and mode, when it is at hand from another fit.
    /// - Throws: ``RouteGridError`` `badInput` as ``EvaluationGround`` does.
    package init(request: FitRequest, router: any FittedRouter, ground: EvaluationGround? = nil) throws {
        self.request = request
        self.router = router
        self.ground = try ground ?? EvaluationGround(request.table, parts: request.parts, mode: request.mode)
    }

    /// Fits the router of a request.
    package init(fitting request: FitRequest, ground: EvaluationGround? = nil) throws {
        try self.init(request: request, router: RouterFitting.fit(request), ground: ground)
    }

    /// Evaluates the router on a part at a budget.
    ///
    /// - Throws: ``RouteGridError`` `badInput` when the part is empty, when rule or budget do not suit the router, or when
    ///   mode `sound` must freeze operating points on a dev part that is empty.
    package func evaluate(_ request: EvaluationRequest) throws -> Evaluation {
        let plan = try BudgetPlan(request, experiment: self)
        guard case .own = plan.points else { return try evaluate(plan) }
        let key = OwnPoints(
            part: CacheKey(part: request.part, modality: request.testModality),
            lambda: request.rule == .softLabel ? request.budget : nil
        )
        if let known = ownPoints.withLock({ $0[key] }) { return known }
        let fresh = try evaluate(plan)
        ownPoints.withLock { $0[key] = fresh }
        return fresh
    }

    private func evaluate(_ plan: BudgetPlan) throws -> Evaluation {
        let request = plan.request
        let part = try predictions(request.part, modality: request.testModality)
        let (choices, points, budgets) = plan.points(of: part)
        let picks = try plan.picks(points: points, experiment: self)
        var reference = part.reference
        reference.largest = plan.largest(of: points, budgets: budgets)
        (reference.peak, reference.parity, reference.dev) = picks
        let report = EvaluationReport(
            part: part,
            plan: plan,
            budgets: budgets,
            choices: choices,
            points: points,
            reference: reference
        )
        return Evaluation(report)
    }

    /// The router's output on a part, from the cache when it is there.
    func predictions(_ part: EvaluationPart, modality: Modality?) throws -> PartPredictions {
        let key = CacheKey(part: part, modality: modality)
        if let known = cache.withLock({ $0[key] }) { return known }
        let fresh = try PartPredictions(router, on: ground, part: part, modality: modality)
        cache.withLock { $0[key] = fresh }
        return fresh
    }
}
