import Aggregator
import RouteGridBase

/// A published board and what must be said about it.
struct BoardReport {
    let summary: BoardSummary
    let folder: String
    var missingBlobCount = 0

    init(summary: BoardSummary, folder: String) { (self.summary, self.folder) = (summary, folder) }

    init(_ aggregation: Aggregation, _ published: Aggregation.Published, folder: String) {
        self.init(summary: BoardSummary(aggregation.board), folder: folder)
        missingBlobCount = published.missingBlobs.count
    }

    /// Prints the board on stdout and remarks on stderr.
    ///
    /// - Throws: `badInput` when the published board cannot be read again.
    func show(on console: Console) throws(RouteGridError) {
        try console.emit(summary, in: folder)
        if missingBlobCount > 0 { console.warn("\(missingBlobCount) blobs were not found beside the records") }
        for note in summary.notes { console.warn("\(note); --lock names the grid that decides") }
        for choice in summary.unmade.prefix(5) { console.warn("nothing selected for \(choice)") }
        for remark in summary.remarks { console.warn("no intervals where \(remark)") }
        console.note("\(summary.rowCount) rows from \(summary.recordCount) records in \(folder)")
    }

    /// Ends the command as the board demands.
    ///
    /// - Throws: `incomplete` when rows lack records.
    func checkComplete() throws(RouteGridError) {
        guard summary.incompleteCount == 0 else {
            let count = summary.incompleteCount
            throw RouteGridError(.incomplete, "\(count) rows lack records; they are listed without a place")
        }
    }
}
