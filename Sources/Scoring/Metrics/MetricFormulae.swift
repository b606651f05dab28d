package import Catalog

/// The metrics of one record from its operating points: the one place of their formulas.
///
/// The same function serves records, curves joined from several records, and bootstrap replicates.
package struct MetricFormulae: Sendable {
    private let points: [OperatingPoint]
    private let reference: CurveReference
    /// Compat: the frontier of the points, by rising cost.
    private let frontier: BudgetCurve?
    /// E(c) of `compat` and of bounds.
    private let ownCurve: BudgetCurve?
    /// Means of E(c) that are known already.
    private let means: CurveMeans?

    /// - Parameters:
    ///   - points: at least one; with `means` those that the picks name are enough, at their places.
    ///   - reference: what they are measured against; its point numbers are places in `points`.
    ///   - means: of E(c), of a router in mode `sound` that is no bound; nil: they are taken here.
    package init(points: [OperatingPoint], reference: CurveReference, means: CurveMeans? = nil) {
        precondition(!points.isEmpty, "metrics of no point")
        self.points = points
        self.reference = reference
        self.means = means
        switch reference.mode {
        case .sound:
            frontier = nil
            ownCurve = reference.picks.isBound ? BudgetCurve(bounding: points, from: reference.cheapest) : nil
        case .compat:
            let kept = ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy))
            let curve = BudgetCurve(through: kept.isEmpty ? points : kept.map { points[$0] })
            frontier = curve
            ownCurve = curve
        }
    }

    /// E(c).
    private var shared: BudgetCurve { ownCurve ?? BudgetCurve(through: points, from: reference.cheapest) }

    package subscript(metric: CurveMetric) -> MetricValue {
        switch metric {
        case .accuracy: .value(largest.accuracy)
        case .meanCost: .value(largest.cost)
        case .naucOwn: ownArea
        case .naucShared: sharedArea
        case .ps: peak
        case .qnc: parity
        case .qncGap: parityGap
        case .qncCost: costShare(at: reference.picks.parity)
        case .costAt95: cost(keeping: 0)
        case .costAt98: cost(keeping: 1)
        case .costAt100: cost(keeping: 2)
        case .qualityAt95: quality(keeping: 0)
        case .qualityAt98: quality(keeping: 1)
        case .qualityAt100: quality(keeping: 2)
        case .regret: .value(reference.oracleAccuracy - largest.accuracy)
        case .gain: gain
        case .apgr: recoveredGap
        case .cpt20: costShare(recovering: 0)
        case .cpt50: costShare(recovering: 1)
        case .cpt80: costShare(recovering: 2)
        case .pgrAt20: recovered(0)
        case .pgrAt50: recovered(1)
        case .pgrAt80: recovered(2)
        case .rankScore: rankScore
        }
    }

    private var largest: OperatingPoint { points[reference.picks.largest] }
    private var isBound: Bool { reference.picks.isBound }

    // MARK: Areas

    /// ∫ over the curve's own points ÷ its own cost range.
    private var ownArea: MetricValue {
        let oneCost = MetricValue.absent(why: "all points of the curve have the same cost")
        if let means, points.count > 1 { return means.own.isNaN ? oneCost : .value(means.own) }
        let own = frontier ?? BudgetCurve(through: points)
        let (first, last) = (own.points[0].cost, own.points[own.points.count - 1].cost)
        guard own.points.count > 1 else { return .absent(why: "the curve has a single point") }
        guard last > first else { return oneCost }
        return .value(own.mean(from: first, to: last))
    }

    /// ∫ E dc ÷ (c_hi − c_lo).
    ///
    /// Sound, a pool of one mean train cost: the accuracy at the largest budget, as there is one cost to read E at.
    private var sharedArea: MetricValue {
        let (low, high) = (reference.lowestCost, reference.highestCost)
        if high > low { return .value(means?.shared ?? shared.mean(from: low, to: high)) }
        guard reference.mode == .sound else {
            return .absent(why: "every model of the pool has the same mean train cost")
        }
        return .value(largest.accuracy)
    }

    // MARK: The best point

    private var peak: MetricValue {
        if let frontier { return .value(frontier.points[frontier.points.count - 1].accuracy) }
        return read(reference.picks.peak) { .value($0.accuracy) }
    }

    private var gain: MetricValue {
        switch peak {
        case .value(let accuracy): .value(accuracy - reference.best.accuracy)
        case .absent: peak
        }
    }

    private var rankScore: MetricValue {
        guard let bounds = reference.rankBounds, bounds.low > 0 else {
            return .absent(why: "a model of the pool costs nothing: the logarithm of its cost does not exist")
        }
        guard bounds.high > bounds.low else { return .absent(why: "the two cost bounds are equal") }
        if isBound { return .value(RankScore.highest(along: BudgetCurve(through: points), bounds: bounds)) }
        return .value(RankScore.value(accuracy: largest.accuracy, cost: largest.cost, bounds: bounds))
    }

    // MARK: What the quality of the best single model costs

    private var parity: MetricValue {
        let best = reference.best
        guard best.cost > 0 else { return .absent(why: Self.freeBest) }
        if let frontier {
            guard let point = frontier.points.first(where: { $0.accuracy >= best.accuracy }) else {
                return .absent(why: "no point reaches the best single model (\(best.accuracy))")
            }
            return .value(point.cost / best.cost)
        }
        return read(reference.picks.parity) { _ in
            .absent(why: "a board gives it, where non-inferiority to the best single model is shown")
        }
    }

    private static let freeBest = "the best single model costs nothing"
    private static let soundOnly = "mode compat picks nothing on dev"

    private var parityGap: MetricValue {
        read(reference.picks.parity) { .value($0.accuracy - reference.best.accuracy) }
    }

    private func costShare(at pick: CurvePicks.Pick) -> MetricValue {
        read(pick) { point in
            reference.best.cost > 0 ? .value(point.cost / reference.best.cost) : .absent(why: Self.freeBest)
        }
    }

    private func cost(keeping number: Int) -> MetricValue {
        guard isBound else { return costShare(at: reference.picks.kept[number]) }
        return kept(number) { point in
            reference.best.cost > 0 ? .value(point.cost / reference.best.cost) : .absent(why: Self.freeBest)
        }
    }

    private func quality(keeping number: Int) -> MetricValue {
        func share(_ point: OperatingPoint) -> MetricValue {
            reference.best.accuracy > 0
                ? .value(point.accuracy / reference.best.accuracy)
                : .absent(why: "the best single model is never right")
        }
        return isBound ? kept(number, share) : read(reference.picks.kept[number], share)
    }

    /// Of a bound: the cheapest mixture that keeps a share of the best single model's accuracy.
    private func kept(_ number: Int, _ value: (OperatingPoint) -> MetricValue) -> MetricValue {
        let curve = BudgetCurve(through: points)
        let goal = CurvePicks.keptShares[number] * reference.best.accuracy
        let (first, last) = (curve.points[0].cost, curve.points[curve.points.count - 1].cost)
        guard let cost = curve.firstCost(reaching: min(goal, largest.accuracy), from: first, to: last) else {
            return .absent(why: "no mixture keeps \(percent(CurvePicks.keptShares[number])) %")
        }
        return value(OperatingPoint(cost: cost, accuracy: max(curve.value(at: cost), min(goal, largest.accuracy))))
    }

    private func read(_ pick: CurvePicks.Pick, _ value: (OperatingPoint) -> MetricValue) -> MetricValue {
        guard reference.mode == .sound else { return .absent(why: Self.soundOnly) }
        switch pick {
        case .point(let index): return value(points[index])
        case .none(let why): return .absent(why: why)
        }
    }

    // MARK: The gap between the cheapest and the best single model

    /// The costs of share 0 and 1 and the accuracies of the weak and the strong model, or why there is no gap.
    private var gap: Result<(low: Double, high: Double, weak: Double, rise: Double), Absence> {
        let rise = reference.best.accuracy - reference.cheapest.accuracy
        guard rise > 0 else {
            return .failure(Absence(why: "the best single model is not more accurate than the cheapest one"))
        }
        guard reference.strongCost > reference.lowestCost else {
            return .failure(Absence(why: "the best single model is not dearer than the cheapest one"))
        }
        return .success((reference.lowestCost, reference.strongCost, reference.cheapest.accuracy, rise))
    }

    private struct Absence: Error {
        var why: String
    }

    /// ∫ (E − a_w) ÷ (a_s − a_w) over the cost share 0…1.
    private var recoveredGap: MetricValue {
        switch gap {
        case .success(let gap):
            .value(((means?.gap ?? shared.mean(from: gap.low, to: gap.high)) - gap.weak) / gap.rise)
        case .failure(let absence): .absent(why: absence.why)
        }
    }

    /// The smallest cost share with E ≥ a_w + x (a_s − a_w), to within 10⁻¹² of accuracy.
    ///
    /// Sound: the mixture that was found on dev, at its cost here, which may lie outside 0…1. Compat and bounds: of E
    /// itself.
    private func costShare(recovering number: Int) -> MetricValue {
        let (low, strong) = (reference.lowestCost, reference.strongCost)
        guard readsEvaluated else {
            return mixed(number) { point in
                strong > low
                    ? .value((point.cost - low) / (strong - low))
                    : .absent(why: "the best single model is not dearer than the cheapest one")
            }
        }
        switch gap {
        case .success(let gap):
            let part = CurvePicks.recoveredShares[number]
            let goal = gap.weak + part * gap.rise - 1e-12
            guard let cost = shared.firstCost(reaching: goal, from: gap.low, to: gap.high) else {
                return .absent(
                    why: "the curve does not recover \(part * 100) % of the gap up to the best single model's cost"
                )
            }
            return .value((cost - gap.low) / (gap.high - gap.low))
        case .failure(let absence): return .absent(why: absence.why)
        }
    }

    /// The share of the gap that the curve recovers there.
    private func recovered(_ number: Int) -> MetricValue {
        guard reference.mode == .sound else { return .absent(why: Self.soundOnly) }
        let gap: (low: Double, high: Double, weak: Double, rise: Double)
        switch self.gap {
        case .success(let found): gap = found
        case .failure(let absence): return .absent(why: absence.why)
        }
        guard isBound else { return mixed(number) { .value(($0.accuracy - gap.weak) / gap.rise) } }
        switch costShare(recovering: number) {
        case .value(let share):
            let accuracy = shared.value(at: gap.low + share * (gap.high - gap.low))
            return .value(max((accuracy - gap.weak) / gap.rise, CurvePicks.recoveredShares[number]))
        case .absent(let why): return .absent(why: why)
        }
    }

    private var readsEvaluated: Bool { reference.mode == .compat || isBound }

    /// A value at the mixture that recovers a share of the gap on dev.
    private func mixed(_ number: Int, _ value: (OperatingPoint) -> MetricValue) -> MetricValue {
        switch reference.picks.crossings[number] {
        case .mix(let mix):
            let (from, to) = (mix.from.map { points[$0] } ?? reference.cheapest, points[mix.to])
            guard mix.share < 1 else { return value(to) }
            return value(
                OperatingPoint(
                    cost: from.cost + mix.share * (to.cost - from.cost),
                    accuracy: from.accuracy + mix.share * (to.accuracy - from.accuracy)
                )
            )
        case .none(let why): return .absent(why: why)
        }
    }
}
