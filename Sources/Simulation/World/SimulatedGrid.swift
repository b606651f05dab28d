import RouteGridBase
import Scheduling

/// A grid of groups of various sizes.
///
/// The key of cell `n` is `firstKey + n`: two grids whose ranges of keys overlap share records.
struct SimulatedGrid: CellSpace {
    /// Where each group begins, and the end of the last.
    let borders: [CellID]
    let excluded: Set<CellID>
    let firstKey: Int
    /// Cells that wait for a selection; some may be excluded too.
    var deferred: Set<CellID> = []

    init(cells: Int, largestGroup: Int, excludes: Bool, firstKey: Int, using random: inout Xoshiro256) {
        var borders: [CellID] = [0]
        while let last = borders.last, last.rawValue < cells {
            borders.append(min(CellID(cells), last.advanced(by: 1 + random.below(largestGroup))))
        }
        self.borders = borders
        excluded = excludes ? Set((0..<cells / 8).map { _ in CellID(random.below(cells)) }) : []
        self.firstKey = firstKey
    }

    var groupCount: Int { borders.count - 1 }
    var cellCount: Int { borders[borders.count - 1].rawValue }
    var excludedCount: Int { excluded.count }

    func cells(ofGroup group: Int) -> Range<CellID> { borders[group]..<borders[group + 1] }

    func group(ofCell cell: CellID) -> Int {
        var (low, high) = (0, groupCount)
        while high - low > 1 {
            let middle = (low + high) / 2
            if borders[middle] <= cell { low = middle } else { high = middle }
        }
        return low
    }

    var deferredCount: Int { deferred.subtracting(excluded).count }
    func isDeferred(_ cell: CellID) -> Bool { deferred.contains(cell) }

    /// Makes some cells wait for a selection.
    mutating func `defer`(share: Double, using random: inout Xoshiro256) {
        deferred = Set(allCells.filter { _ in random.uniform() < share })
    }

    /// The cells that must be recorded, whatever is selected.
    var certain: [CellID] { allCells.filter { !excluded.contains($0) && !deferred.contains($0) } }

    /// The selection, as a function of the records of the cells that are not deferred: a deferred cell follows the
    /// nearest such cell before it, when that one has a record.
    func selection(isRecorded: (CellID) -> Bool) -> [CellID] {
        var selected: [CellID] = []
        var last: CellID?
        for cell in allCells where !excluded.contains(cell) {
            if !deferred.contains(cell) {
                last = cell
            } else if let last, isRecorded(last), (last.rawValue + cell.rawValue) % 3 != 0 {
                selected.append(cell)
            }
        }
        return selected
    }

    func key(ofCell cell: CellID) -> Int { firstKey + cell.rawValue }
}
