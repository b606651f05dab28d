import Foundation
package import RoutingData

/// VL-RouterBench's Rank Score: a harmonic mean of accuracy and logarithmic cheapness.
///
/// - Reference: Z. Huang et al., "VL-RouterBench", arXiv 2512.23562; the same formula as RouterArena's.
package enum RankScore {
    /// The weight of cost against accuracy.
    package static let beta = 0.1

    /// The score, 0…1.
    ///
    /// cheapness = (log₂ high − log₂ clip(cost)) ÷ (log₂ high − log₂ low + 10⁻¹²), clipped to 0…1;
    /// score = (1 + β) · accuracy · cheapness ÷ (β · accuracy + cheapness + 10⁻¹²).
    /// - Parameters:
    ///   - accuracy: 0…1.
    ///   - cost: mean cost, in the unit of the bounds.
    ///   - bounds: must be positive.
    /// - Returns: the score.
    package static func value(accuracy: Double, cost: Double, bounds: CostBounds) -> Double {
        let clipped = min(max(cost, bounds.low), bounds.high)
        let range = log2(bounds.high) - log2(bounds.low) + 1e-12
        let cheapness = min(max((log2(bounds.high) - log2(clipped)) / range, 0), 1)
        let score = (1 + beta) * accuracy * cheapness / (beta * accuracy + cheapness + 1e-12)
        return min(max(score, 0), 1)
    }

    /// The highest score along a curve, mixtures of neighbouring points included.
    ///
    /// A piece whose best case (the accuracy of its right end at the cost of its left end) does not pass the best point
    /// is skipped; in the others the score is searched at eight places and then by golden section around the best of
    /// them.
    /// - Parameters:
    ///   - curve: accuracy must not fall.
    ///   - bounds: must be positive.
    /// - Returns: the score.
    static func highest(along curve: BudgetCurve, bounds: CostBounds) -> Double {
        func score(_ cost: Double, _ accuracy: Double) -> Double {
            value(accuracy: accuracy, cost: cost, bounds: bounds)
        }
        var best = curve.points.map { score($0.cost, $0.accuracy) }.max() ?? 0
        for (left, right) in zip(curve.points, curve.points.dropFirst()) {
            guard score(left.cost, right.accuracy) > best else { continue }
            let (width, rise) = (right.cost - left.cost, right.accuracy - left.accuracy)
            func at(_ share: Double) -> Double { score(left.cost + share * width, left.accuracy + share * rise) }
            // Below the lower bound costs no longer matter: a kink.
            let kink = width > 0 ? (bounds.low - left.cost) / width : 0
            var shares = (0...8).map { Double($0) / 8 }
            if kink > 0, kink < 1 { shares.append(kink) }
            shares.sort()
            let top = shares.indices.max { at(shares[$0]) < at(shares[$1]) } ?? 0
            best = max(best, at(shares[top]))
            var (low, high) = (shares[max(top - 1, 0)], shares[min(top + 1, shares.count - 1)])
            let golden = (5.0.squareRoot() - 1) / 2
            for _ in 0..<60 {
                let (one, other) = (high - golden * (high - low), low + golden * (high - low))
                best = max(best, at(one), at(other))
                if at(one) < at(other) { low = one } else { high = other }
            }
        }
        return best
    }
}

/// The costs that a Rank Score calls cheapest and dearest.
package struct CostBounds: Hashable, Sendable {
    package var low: Double
    package var high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// c_lo and c_hi: the extreme mean train costs of the pool (`sound`).
    package static func trainMeans(_ pool: PoolStatistics) -> CostBounds {
        CostBounds(low: pool.lowestCost, high: pool.highestCost)
    }

    /// The extremes over the models of the mean of a model's positive costs over all samples (VL-RouterBench;
    /// `compat`).
    ///
    /// Nil when no cost is positive.
    package static func modelMeans(_ table: OutcomeTable) -> CostBounds? {
        let means = (0..<table.models.count).compactMap { model -> Double? in
            var sum = CompensatedSum()
            var count = 0
            for row in 0..<table.cost.rows where table.cost[row, model] > 0 {
                sum.add(table.cost[row, model])
                count += 1
            }
            return count > 0 ? sum.value / Double(count) : nil
        }
        guard let low = means.min(), let high = means.max() else { return nil }
        return CostBounds(low: low, high: high)
    }

    /// The smallest positive and the largest single cost of the table (the converter behind SCOPE's MMR-Bench rows).
    ///
    /// Nil when no cost is positive.
    package static func entries(_ table: OutcomeTable) -> CostBounds? {
        let positive = table.cost.elements.lazy.filter { $0 > 0 }
        guard let low = positive.min(), let high = positive.max() else { return nil }
        return CostBounds(low: low, high: high)
    }
}
