package import RouteGridBase

/// Cells of a run that a holder was granted.
package struct Grant: Hashable, Sendable {
    package let run: RunID
    /// Names the key of the worker that got the lease; ``GrantLedger/anybody`` where there are no keys.
    package let holder: String
    /// In order, without overlaps.
    package let cells: [Range<CellID>]

    package init(run: RunID, holder: String, cells: [Range<CellID>]) {
        (self.run, self.holder, self.cells) = (run, holder, cells)
    }

    /// The cells of one lease, which are in order.
    package init(run: RunID, holder: String, leased: [CellID]) {
        var ranges: [Range<CellID>] = []
        for cell in leased {
            if let last = ranges.last, last.upperBound == cell {
                ranges[ranges.count - 1] = last.lowerBound..<cell.next
            } else {
                ranges.append(cell..<cell.next)
            }
        }
        self.init(run: run, holder: holder, cells: ranges)
    }

    /// The same cells of each run and holder in as few ranges as there can be.
    package static func merged(_ grants: [Grant]) -> [Grant] {
        var ledger = GrantLedger()
        for grant in grants { ledger.add(grant) }
        return ledger.grants
    }
}

/// Which cells each holder was granted, ever: only from it are their records accepted.
///
/// It only grows, so that a late success is welcome whatever became of its lease. The coordinator keeps the same on
/// disk, and sends a lease once its grant is there: what a worker was sent outlives every restart.
package struct GrantLedger: Sendable {
    /// The holder of what was granted where nobody has a key.
    package static let anybody = ""

    private var runs: [RunID: [String: RangeSet<CellID>]] = [:]

    package init() {}

    package mutating func add(_ grant: Grant) {
        for range in grant.cells where !range.isEmpty {
            runs[grant.run, default: [:]][grant.holder, default: RangeSet()].insert(contentsOf: range)
        }
    }

    /// Whether one of the holders, which are the keys of one worker over rotations, was granted a cell.
    package func covers(_ cell: CellID, of run: RunID, for holders: [String]) -> Bool {
        guard let granted = runs[run] else { return false }
        return holders.contains { granted[$0]?.contains(cell) == true }
    }

    /// Whether nothing of a grant is new.
    package func contains(_ grant: Grant) -> Bool {
        guard let known = runs[grant.run]?[grant.holder] else { return grant.cells.isEmpty }
        return grant.cells.allSatisfy { known.holds($0) }
    }

    /// What was granted of a run, by holder.
    package func grants(of run: RunID) -> [Grant] {
        (runs[run] ?? [:]).sorted { $0.key < $1.key }
            .map { Grant(run: run, holder: $0.key, cells: Array($0.value.ranges)) }
    }

    /// All of it, by run and holder.
    package var grants: [Grant] { runs.keys.sorted().flatMap(grants(of:)) }
}

extension RangeSet<CellID> {
    /// Whether all of a range is in the set; logarithmic, where a subset's test is linear.
    fileprivate func holds(_ range: Range<CellID>) -> Bool {
        let ranges = ranges
        var (low, high) = (ranges.startIndex, ranges.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if ranges[middle].upperBound < range.upperBound { low = middle + 1 } else { high = middle }
        }
        return low < ranges.endIndex && ranges[low].lowerBound <= range.lowerBound
    }
}
