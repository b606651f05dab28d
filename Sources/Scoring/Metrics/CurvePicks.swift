/// Where the metrics of a curve are read: points chosen on dev, before the evaluated labels were seen.
///
/// In mode `compat` the metrics that the peers read off the evaluated curve have no pick.
package struct CurvePicks: Hashable, Sendable {
    /// A point by its number.
    package enum Pick: Hashable, Sendable {
        case point(Int)
        case none(why: String)
    }

    /// Two neighbouring points mixed by lot.
    package struct Mix: Hashable, Sendable {
        /// The cheaper one; nil for the cheapest single model.
        package var from: Int?
        package var to: Int
        /// The share of queries that `to` gets, 0…1.
        package var share: Double

        package init(from: Int?, to: Int, share: Double) {
            (self.from, self.to, self.share) = (from, to, share)
        }
    }

    /// A place on a curve.
    package enum Crossing: Hashable, Sendable {
        case mix(Mix)
        case none(why: String)
    }

    /// The shares of the best single model's accuracy that `cost_at_x` keeps.
    package static let keptShares = [0.95, 0.98, 1]
    /// The shares of the gap between cheapest and best single model that `cpt_x` recovers.
    package static let recoveredShares = [0.2, 0.5, 0.8]

    /// The point of the largest budget: of a router's own points the dearest on dev.
    package var largest: Int
    /// Where `ps` is read: highest dev accuracy, then lowest dev cost, then first.
    package var peak: Pick
    /// Where `qnc` is read: lowest dev cost, then first, of those that reach the best single model's dev accuracy;
    /// ``peak`` where none does.
    ///
    /// A router that is as good as the best single model misses its accuracy on half of all dev parts, by chance alone.
    /// What is neutral is decided on test: see `qnc`.
    package var parity: Pick
    /// The same for each of ``keptShares``.
    package var kept: [Pick]
    /// For each of ``recoveredShares`` the smallest cost share at which the dev curve recovers it.
    package var crossings: [Crossing]
    /// The corners of the non-decreasing concave hull of the points on dev, by rising dev cost: what AIQ is taken over.
    ///
    /// Empty without a reading on dev, and for a bound, whose points are a hull already.
    package var hull: [Int]
    /// Whether the router reads the answers, so that its curve is what no router can beat and nothing is picked.
    package var isBound: Bool

    package init(
        largest: Int,
        peak: Pick,
        parity: Pick,
        kept: [Pick],
        crossings: [Crossing],
        hull: [Int] = [],
        isBound: Bool = false
    ) {
        precondition(
            kept.count == Self.keptShares.count && crossings.count == Self.recoveredShares.count,
            "one pick a share"
        )
        self.largest = largest
        self.peak = peak
        self.parity = parity
        self.kept = kept
        self.crossings = crossings
        self.hull = hull
        self.isBound = isBound
    }

    /// Picks of which only the largest budget is known, and where `ps` is read when it is.
    package static func unpicked(largest: Int = 0, peak: Pick? = nil, why: String) -> CurvePicks {
        CurvePicks(
            largest: largest,
            peak: peak ?? .none(why: why),
            parity: .none(why: why),
            kept: keptShares.map { _ in .none(why: why) },
            crossings: recoveredShares.map { _ in .none(why: why) }
        )
    }

    /// What a curve that reads the answers has: `points` points, the last one the best.
    package static func bound(points: Int) -> CurvePicks {
        let why = "a bound reads the answers: no point is frozen on dev; cost_at_100 says what parity takes"
        var picks = unpicked(largest: points - 1, peak: .point(points - 1), why: why)
        picks.isBound = true
        return picks
    }

    /// The picks by what a curve reads on dev.
    ///
    /// - Parameters:
    ///   - dev: at least one point.
    ///   - largest: the point of the largest budget; nil for the dearest on dev, the last of equals.
    package init(on dev: DevReadings, largest: Int? = nil) {
        let points = dev.points
        precondition(!points.isEmpty, "picks among no point")
        func cheapest(_ goal: Double) -> Int? {
            points.indices.filter { points[$0].accuracy >= goal }
                .min { (points[$0].cost, $0) < (points[$1].cost, $1) }
        }
        let peak = points.indices.min { a, b in
            (-points[a].accuracy, points[a].cost, a) < (-points[b].accuracy, points[b].cost, b)
        }
        self.init(
            largest: largest ?? points.indices.max { (points[$0].cost, $0) < (points[$1].cost, $1) } ?? 0,
            peak: .point(peak ?? 0),
            parity: .point(cheapest(dev.goal) ?? peak ?? 0),
            kept: Self.keptShares.map { share in
                // The share 1 asks for no product, so that a parity point that keeps it is this one to the bit.
                cheapest(share == 1 ? dev.goal : share * dev.goal).map(Pick.point)
                    ?? .none(why: "no point keeps \(percent(share)) % of the best single model's accuracy on dev")
            },
            crossings: Self.recoveredShares.map(dev.crossing),
            hull: AverageImprovement.corners(of: points)
        )
    }
}

extension CurvePicks {
    /// The points that metrics are read at, rising.
    var named: [Int] {
        var places: Set = [largest]
        for pick in [peak, parity] + kept {
            if case .point(let place) = pick { places.insert(place) }
        }
        for case .mix(let mix) in crossings {
            places.insert(mix.to)
            if let from = mix.from { places.insert(from) }
        }
        return places.sorted()
    }
}

/// What a router's points and the single models come to on dev.
package struct DevReadings: Hashable, Sendable {
    /// The router's points, numbered as on the evaluated part.
    package var points: [OperatingPoint]
    /// The best single model's accuracy.
    package var goal: Double
    /// The cheapest single model; nil in records of metrics revision 1.
    package var cheapest: OperatingPoint?
    /// Cost share 0: c_lo.
    package var lowestCost: Double
    /// Cost share 1: the best single model's mean train cost.
    package var strongCost: Double

    package init(
        points: [OperatingPoint],
        goal: Double,
        cheapest: OperatingPoint?,
        lowestCost: Double,
        strongCost: Double
    ) {
        self.points = points
        self.goal = goal
        self.cheapest = cheapest
        self.lowestCost = lowestCost
        self.strongCost = strongCost
    }

    /// The readings of a curve on the part that a reference is of.
    package init(_ points: [OperatingPoint], of reference: CurveReference) {
        self.init(
            points: points,
            goal: reference.best.accuracy,
            cheapest: reference.cheapest,
            lowestCost: reference.lowestCost,
            strongCost: reference.strongCost
        )
    }

    /// The first mixture, by rising cost share 0…1, with E ≥ a_w + part · (a_s − a_w), to within 10⁻¹² of accuracy.
    func crossing(recovering part: Double) -> CurvePicks.Crossing {
        guard let cheapest else { return .none(why: "the record does not say what the cheapest model does on dev") }
        guard goal > cheapest.accuracy else {
            return .none(why: "the best single model is not more accurate than the cheapest one on dev")
        }
        guard strongCost > lowestCost else {
            return .none(why: "the best single model is not dearer than the cheapest one")
        }
        let level = cheapest.accuracy + part * (goal - cheapest.accuracy) - 1e-12
        guard let mix = mix(reaching: level, cheapest: cheapest) else {
            return .none(
                why: "the dev curve does not recover \(percent(part)) % of the gap up to the best single model's cost"
            )
        }
        return .mix(mix)
    }

    /// The places of E's points, by rising cost, at most two of one cost; nil for the cheapest single model.
    private func places(cheapest: OperatingPoint) -> [Int?] {
        var kept: [Int?] = []
        for place in points.indices.sorted(by: { (points[$0].cost, $0) < (points[$1].cost, $1) }) {
            if kept.count > 1, let before = kept[kept.count - 2], points[before].cost == points[place].cost {
                kept.removeLast()
            }
            kept.append(place)
        }
        if let first = kept.first, let first, cheapest.cost < points[first].cost { kept.insert(nil, at: 0) }
        return kept
    }

    private func mix(reaching level: Double, cheapest: OperatingPoint) -> CurvePicks.Mix? {
        let places = places(cheapest: cheapest)
        func point(_ place: Int?) -> OperatingPoint { place.map { points[$0] } ?? cheapest }
        guard let first = places.first, let last = places.compactMap({ $0 }).last else { return nil }
        // E is constant left of its first point and right of its last one.
        let start = point(first)
        if start.cost >= lowestCost, start.accuracy >= level {
            return CurvePicks.Mix(from: first, to: first ?? last, share: first == nil ? 0 : 1)
        }
        for (left, right) in zip(places, places.dropFirst()) {
            let (from, to) = (point(left), point(right))
            guard to.cost >= lowestCost, let right else { continue }
            guard from.cost <= strongCost else { return nil }
            let range = to.cost - from.cost
            // Where the piece enters the range, and where E rises through the level on it.
            let entry = range > 0 ? max(0, (lowestCost - from.cost) / range) : 0
            let rise = to.accuracy - from.accuracy
            if from.accuracy + entry * rise >= level { return CurvePicks.Mix(from: left, to: right, share: entry) }
            guard to.accuracy >= level else { continue }
            let share = min(max(rise > 0 ? (level - from.accuracy) / rise : 0, entry), 1)
            return from.cost + share * range <= strongCost ? CurvePicks.Mix(from: left, to: right, share: share) : nil
        }
        // The whole curve is cheaper than the range.
        let end = point(last)
        return end.cost < lowestCost && end.accuracy >= level ? CurvePicks.Mix(from: last, to: last, share: 1) : nil
    }
}

/// 0.98 as `98`.
func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
