package import Aggregator
import Foundation

/// Whether a night is worse than its reference, with all nights and routers together under one error.
///
/// The reference is a draw like any other: differences are from night to night, with the error of both. Night k of
/// those that statistics are used on may spend α · 6 ÷ (π² k²), which sums to α over all nights; within a night the
/// error is shared by all hypotheses (Bonferroni). So a history without a drop has a false alarm with probability α at
/// most, however long it runs, and whatever the dependence between nights, which share their reference.
///
/// - Reference: K. K. G. Lan, D. L. DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70,
///   659–663, 1983, for spending an error over looks.
package struct NightJudge: Sendable {
    package let alpha: Double
    /// Which night it is of those that statistics are used on, from 1.
    package let look: Int

    package init(alpha: Double, look: Int) { (self.alpha, self.look) = (alpha, look) }

    /// The error that this night may spend.
    package var level: Double { alpha * 6 / (Double.pi * Double.pi * Double(look) * Double(look)) }

    /// A row that may have moved.
    package struct Candidate: Sendable {
        package let name: String
        /// Nil: the metric that the row's table is ordered by; of rows that no router moves their accuracy.
        package let metric: String?
        /// Tonight's number less the reference's; positive is better.
        package let estimate: PairedEstimate
        /// Smaller drops are no regression.
        package let drop: Double

        package init(name: String, metric: String? = nil, estimate: PairedEstimate, drop: Double = 0) {
            (self.name, self.metric, self.estimate, self.drop) = (name, metric, estimate, drop)
        }
    }

    /// What the candidates show.
    package struct Finding: Sendable {
        package let name: String
        /// As of the candidate.
        package let metric: String?
        package let value: Double
        /// No difference beyond this is believed: upper for drops.
        package let bound: Double
    }

    /// Routers that are shown to be worse by their rule's drop or more.
    ///
    /// - Parameters:
    ///   - candidates: Of one night.
    ///   - isSecondLook: They were measured again because a first measurement raised an alarm: alone it may err by α.
    /// - Returns: In the order of the candidates.
    package func regressions(_ candidates: [Candidate], isSecondLook: Bool = false) -> [Finding] {
        let share = (isSecondLook ? alpha : level) / Double(max(candidates.count, 1))
        return candidates.compactMap { candidate in
            let estimate = candidate.estimate
            // One-sided: twice the error on both sides.
            let bound = estimate.value + estimate.halfWidth(alpha: min(2 * share, 0.999))
            guard bound < 0, -estimate.value >= candidate.drop else { return nil }
            return Finding(name: candidate.name, metric: candidate.metric, value: estimate.value, bound: bound)
        }
    }

    /// Rows that have moved, up or down.
    package func moved(_ candidates: [Candidate]) -> [Finding] {
        let share = level / Double(max(candidates.count, 1))
        return candidates.compactMap { candidate in
            let half = candidate.estimate.halfWidth(alpha: share)
            guard abs(candidate.estimate.value) > half else { return nil }
            let bound = candidate.estimate.value + (candidate.estimate.value < 0 ? half : -half)
            return Finding(
                name: candidate.name,
                metric: candidate.metric,
                value: candidate.estimate.value,
                bound: bound
            )
        }
    }
}
