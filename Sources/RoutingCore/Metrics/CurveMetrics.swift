import RouterCatalog

/// The metrics of one record from its operating points: the one place of their formulas.
///
/// The same function serves records, curves joined from several records, and bootstrap replicates.
package struct CurveMetrics: Sendable {
    private let points: [OperatingPoint]
    private let reference: CurveReference
    /// The points that make the curve: all of them (sound) or the frontier (compat), by rising cost.
    private let own: BudgetCurve
    /// E(c): the own points, and in mode `sound` the cheapest single model.
    private let shared: BudgetCurve

    /// - Parameters:
    ///   - points: at least one.
    ///   - reference: what they are measured against; its point numbers are places in `points`.
    package init(points: [OperatingPoint], reference: CurveReference) {
        precondition(!points.isEmpty, "metrics of no point")
        self.points = points
        self.reference = reference
        switch reference.mode {
        case .sound:
            own = BudgetCurve(through: points)
            shared = own.adding(reference.cheapest)
        case .compat:
            let kept = ParetoFrontier.indices(cost: points.map(\.cost), accuracy: points.map(\.accuracy))
            own = BudgetCurve(through: kept.isEmpty ? points : kept.map { points[$0] })
            shared = own
        }
    }

    package subscript(metric: CurveMetric) -> MetricValue {
        switch metric {
        case .accuracy: .value(points[reference.largest].accuracy)
        case .meanCost: .value(points[reference.largest].cost)
        case .naucOwn: ownArea
        case .naucShared: sharedArea
        case .ps: peak
        case .qnc: parity
        case .regret: .value(reference.oracleAccuracy - points[reference.largest].accuracy)
        case .gain: gain
        case .apgr: recoveredGap
        case .cpt20: costShare(recovering: 0.2)
        case .cpt50: costShare(recovering: 0.5)
        case .cpt80: costShare(recovering: 0.8)
        case .rankScore: rankScore
        }
    }

    /// ∫ over the curve's own points ÷ its own cost range.
    private var ownArea: MetricValue {
        let (first, last) = (own.points[0].cost, own.points[own.points.count - 1].cost)
        guard own.points.count > 1 else { return .absent(why: "the curve has a single point") }
        guard last > first else { return .absent(why: "all points of the curve have the same cost") }
        return .value(own.integral(from: first, to: last) / (last - first))
    }

    /// ∫ E dc ÷ (c_hi − c_lo).
    private var sharedArea: MetricValue {
        let (low, high) = (reference.lowestCost, reference.highestCost)
        guard high > low else { return .absent(why: "every model of the pool has the same mean train cost") }
        return .value(shared.integral(from: low, to: high) / (high - low))
    }

    private var peak: MetricValue {
        switch (reference.mode, reference.peak) {
        case (.compat, _): .value(own.points[own.points.count - 1].accuracy)
        case (.sound, .point(let index)): .value(points[index].accuracy)
        case (.sound, .none(let why)): .absent(why: why)
        }
    }

    private var parity: MetricValue {
        let best = reference.best
        guard best.cost > 0 else { return .absent(why: "the best single model costs nothing") }
        switch (reference.mode, reference.parity) {
        case (.compat, _):
            guard let point = own.points.first(where: { $0.accuracy >= best.accuracy }) else {
                return .absent(why: "no point reaches the best single model (\(best.accuracy))")
            }
            return .value(point.cost / best.cost)
        case (.sound, .point(let index)): return .value(points[index].cost / best.cost)
        case (.sound, .none(let why)): return .absent(why: why)
        }
    }

    private var gain: MetricValue {
        switch peak {
        case .value(let accuracy): .value(accuracy - reference.best.accuracy)
        case .absent: peak
        }
    }

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
            let mean = shared.integral(from: gap.low, to: gap.high) / (gap.high - gap.low)
            return .value((mean - gap.weak) / gap.rise)
        case .failure(let absence): return .absent(why: absence.why)
        }
    }

    /// The smallest cost share with E ≥ a_w + x (a_s − a_w), to within 10⁻¹² of accuracy.
    private func costShare(recovering part: Double) -> MetricValue {
        switch gap {
        case .success(let gap):
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

    private var rankScore: MetricValue {
        guard let bounds = reference.rankBounds, bounds.low > 0 else {
            return .absent(why: "a model of the pool costs nothing: the logarithm of its cost does not exist")
        }
        guard bounds.high > bounds.low else { return .absent(why: "the two cost bounds are equal") }
        let point = points[reference.largest]
        return .value(RankScore.value(accuracy: point.accuracy, cost: point.cost, bounds: bounds))
    }
}
