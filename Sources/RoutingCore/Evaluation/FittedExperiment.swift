import Catalog
import RouteGridBase
import RoutingData
package import Scoring

/// A fitted router with all that evaluations of it share: one fit, many budgets.
///
/// Predictions of a part are computed once a modality and kept. Safe to use from several threads; two that ask for the
/// same part at once may both compute it.
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
        /// Nil for a router that no cap reaches.
        var cap: Double?
    }

    private struct OwnPoints: Hashable {
        var part: CacheKey
        /// λ of a soft label: points show it.
        var lambda: Budget?
    }

    /// Puts a fit and its data together.
    ///
    /// `ground` is that of the request's table, parts and mode, when it is at hand from another fit.
    /// - Throws: `RouteGridError` `badInput` as ``EvaluationGround`` does.
    package init(request: FitRequest, router: any FittedRouter, ground: EvaluationGround? = nil) throws {
        self.request = request
        self.router = router
        self.ground =
            try ground
            ?? EvaluationGround(
                request.table,
                parts: request.parts,
                mode: request.mode,
                minCoverage: request.minCoverage
            )
    }

    /// Fits the router of a request.
    package init(fitting request: FitRequest, ground: EvaluationGround? = nil) throws {
        try self.init(request: request, router: RouterFitting.fit(request), ground: ground)
    }

    /// Evaluates the router on a part at a budget.
    ///
    /// - Throws: `RouteGridError` `badInput` when the part is empty, when rule or budget do not suit the router, or
    ///   when mode `sound` must freeze operating points on a dev part that is empty.
    package func evaluate(_ request: EvaluationRequest) throws -> Evaluation {
        let plan = try BudgetPlan(request, experiment: self)
        switch plan.points {
        case .own, .envelope: break
        case .budgets: return try evaluate(plan)
        }
        let key = OwnPoints(
            // A record names its cap, whether the points depend on it or not.
            part: CacheKey(part: request.part, modality: request.testModality, cap: plan.cap),
            lambda: request.rule.descriptor.budgets == .labels ? request.budget : nil
        )
        if let known = ownPoints.withLock({ $0[key] }) { return known }
        let fresh = try evaluate(plan)
        ownPoints.withLock { $0[key] = fresh }
        return fresh
    }

    private func evaluate(_ plan: BudgetPlan) throws -> Evaluation {
        let request = plan.request
        let part = try predictions(request.part, modality: request.testModality, cap: plan.cap)
        let (choices, points, budgets) = plan.points(of: part)
        var reference = part.reference
        (reference.picks, reference.dev) = try plan.picks(points: points, budgets: budgets, experiment: self)
        let report = EvaluationReport(
            part: part,
            plan: plan,
            budgets: budgets,
            choices: choices,
            points: points,
            reference: reference,
            cap: costCap(plan, part, choices, points[reference.picks.largest], at: reference.picks.largest)
        )
        return Evaluation(report)
    }

    /// The router's output on a part, from the cache when it is there.
    ///
    /// `cap`: the mean train cost that a policy keeps within; of no account to routers that predict.
    func predictions(_ part: EvaluationPart, modality: Modality?, cap: Double?) throws -> PartPredictions {
        let capped = cap.flatMap { limit in (router as? any CappedRouter)?.capped(at: limit) }
        let key = CacheKey(part: part, modality: modality, cap: capped == nil ? nil : cap)
        if let known = cache.withLock({ $0[key] }) { return known }
        let fresh = try PartPredictions(capped?.router ?? router, on: ground, part: part, modality: modality)
        cache.withLock { $0[key] = fresh }
        return fresh
    }

    /// What a listed budget says of the point at it; nil without one, and for a bound.
    private func costCap(
        _ plan: BudgetPlan,
        _ part: PartPredictions,
        _ choices: Matrix<ModelNumber>,
        _ point: OperatingPoint,
        at number: Int
    ) -> CostCap? {
        guard let limit = plan.cap else { return nil }
        if case .envelope = plan.points { return nil }
        let policy = (router as? any CappedRouter)?.capped(at: limit)
        return CostCap(
            limit: limit,
            planned: policy?.plannedCost ?? part.predictedCost(of: choices.row(number)),
            realised: point.cost,
            predicts: policy == nil
        )
    }
}
