import Scoring

/// What a table shows of its routers beside the best single model, by bounds that hold for all of them at once.
///
/// Three numbers of each router: the accuracy of the point that was best on dev, and of the point of parity (see
/// `qnc`), each less the best single model's, and the cost of the latter as a share of that model's. All of a table are
/// tested together, so that naming one router among them costs nothing.
package struct SectionClaims: Sendable {
    /// A number with bounds that hold together with all others of the table.
    package struct Bounds: Hashable, Sendable {
        package let estimate: Double
        package let low: Double
        package let high: Double

        package init(estimate: Double, low: Double, high: Double) {
            (self.estimate, self.low, self.high) = (estimate, low, high)
        }

        /// Half of the distance of the bounds.
        package var half: Double { (high - low) / 2 }
    }

    /// One router's numbers; nil where there are no bounds.
    package struct Claim: Sendable {
        /// Accuracy at the point that was best on dev, less the best single model's.
        package let gain: Bounds?
        /// Accuracy at the point of parity, less the best single model's.
        package let gap: Bounds?
        /// Cost there over the best single model's.
        package let cost: Bounds?

        package init(gain: Bounds?, gap: Bounds?, cost: Bounds?) {
            (self.gain, self.gap, self.cost) = (gain, gap, cost)
        }
    }

    /// By place among the section's rows.
    package let claims: [Int: Claim]
    /// Items, or groups of items, that were drawn together.
    package let unitCount: Int
    /// Whether every item was drawn by itself.
    package let isByItem: Bool
    /// How far below the best single model's an accuracy may be and still count as kept.
    package let margin: Double
    /// One minus the level of all bounds together.
    package let alpha: Double

    package init(claims: [Int: Claim], unitCount: Int, isByItem: Bool, margin: Double, alpha: Double) {
        (self.claims, self.unitCount, self.isByItem) = (claims, unitCount, isByItem)
        (self.margin, self.alpha) = (margin, alpha)
    }
}
