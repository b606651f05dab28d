package import RouteGridBase

/// The shape of a grid, as far as scheduling needs it: which contiguous range of cells shares one fit.
package protocol CellSpace: Sendable {
    var groupCount: Int { get }
    /// All cell numbers, including those that `exclude` removes.
    var cellCount: Int { get }
    var excludedCount: Int { get }
    /// The first of the groups that measure latency, which come after all others; the number of groups when none does.
    var firstMeasurement: Int { get }
    /// Cells that wait for a selection, excluded ones not counted.
    var deferredCount: Int { get }
    /// Whether a cell waits until a selection names it.
    func isDeferred(_ cell: CellID) -> Bool
    func cells(ofGroup group: Int) -> Range<CellID>
    func group(ofCell cell: CellID) -> Int
}

extension CellSpace {
    /// All cells, including those that `exclude` removes.
    package var allCells: Range<CellID> { 0..<CellID(cellCount) }
    package var firstMeasurement: Int { groupCount }
    package var deferredCount: Int { 0 }
    package func isDeferred(_ cell: CellID) -> Bool { false }
}
