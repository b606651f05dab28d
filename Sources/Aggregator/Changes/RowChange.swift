package import Catalog
package import Scoring

/// What became of a row from one board to another.
package struct RowChange: Sendable {
    /// One word for it.
    ///
    /// What the digests of inputs and the revisions tell goes before what statistics tell.
    package enum Kind: String, Sendable, CaseIterable {
        /// Equal bytes.
        case unchanged
        case new
        case gone
        /// Other items or embeddings.
        case data
        /// Other revisions of what computes it.
        case code
        /// Other prices.
        case price
        /// Other models in the pool; or equal records, and other rows beside them.
        case pool
        /// Measured again, and no difference is shown.
        case withinNoise = "within-noise"
        /// A difference that is shown, and that nothing before explains.
        case changed
    }

    /// What the numbers say, whatever the reason.
    package enum Effect: String, Sendable {
        case none
        case withinNoise = "within-noise"
        case changed
        /// A difference without an interval.
        case unknown
    }

    /// A rank interval and a place.
    package struct Standing: Sendable {
        package let rank: ClosedRange<Int>?
        package let place: Int?

        init(_ row: BoardRow) { (rank, place) = (row.standing?.rank, row.place) }
    }

    /// How many of the row's records are the same, only on the old board, only on the new one, and of two results.
    package struct Cells: Sendable {
        package internal(set) var equal = 0
        package internal(set) var gone = 0
        package internal(set) var new = 0
        package internal(set) var diverged = 0
    }

    package let kind: Kind
    package let causes: [ChangeCause]
    package let effect: Effect
    /// The names on the board that has the row, on the new one where both have.
    package let name: RowNames.Entry
    /// The row on each board.
    package let old: BoardRow?
    package let new: BoardRow?
    package let cells: Cells
    /// The ranking metric of its table.
    package let metric: String
    package let isLargerBetter: Bool
    package let estimate: PairedEstimate?
    /// Of further metrics: those that gates name, and accuracy and mean cost of rows that no router moves (oracles
    /// and what routers are measured against).
    package let others: [CurveMetric: PairedEstimate]
    /// Of the difference, together with those of the other rows of the table.
    package let interval: Interval?
    /// Why there is no interval where there could be.
    package let remark: String?

    package var oldValue: Double? { old?.value(metric) }
    package var newValue: Double? { new?.value(metric) }
    package var difference: Double? {
        guard let oldValue, let newValue else { return nil }
        return newValue - oldValue
    }

    package var oldStanding: Standing? { old.map(Standing.init) }
    package var newStanding: Standing? { new.map(Standing.init) }

    /// Whether the row moved among the others; nil where it did not.
    package var rankMove: RankMove? {
        guard let old = oldStanding, let new = newStanding, let before = old.place, let after = new.place,
            before != after || old.rank != new.rank
        else { return nil }
        guard let was = old.rank, let is_ = new.rank else { return before == after ? nil : .unknown }
        if !was.overlaps(is_) { return .real }
        return before == after ? nil : .notShown
    }

    package enum RankMove: String, Sendable {
        /// The rank intervals have no rank in common.
        case real
        /// The places differ, and the rank intervals allow both.
        case notShown = "not-shown"
        case unknown
    }

    /// Whether the row is shown to be worse than it was.
    package var isShownWorse: Bool { isShown(isWorse: true) }

    private func isShown(isWorse: Bool) -> Bool {
        guard effect == .changed, let difference else { return false }
        return (difference < 0) == (isLargerBetter == isWorse)
    }
}
