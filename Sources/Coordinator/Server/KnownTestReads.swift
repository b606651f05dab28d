import Grid
import RouteGridBase

/// Test reads that were put into a commit since the start: most results add none.
struct KnownTestReads {
    private struct Name: Hashable {
        let run: RunID
        let place: GridLock.ReadPlace
    }

    private var known: Set<Name> = []
    /// Entries kept; beyond them all are dropped, which costs a second look-up each and nothing else.
    private let limit = 262_144

    /// The read of a cell if it was not seen before; nil for cells of other parts and for known reads.
    ///
    /// A batch that is dropped because the disk is full loses its reads with its results: see ``forget()``.
    mutating func unknown(_ lock: GridLock, run: RunID, cell: CellID) -> TestRead? {
        guard let place = lock.readPlace(ofCell: cell), known.insert(Name(run: run, place: place)).inserted else {
            return nil
        }
        if known.count > limit { known = [] }
        return lock.testRead(ofCell: cell)
    }

    mutating func forget() { known = [] }
}
