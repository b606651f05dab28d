import Aggregator
import RouteGridBase

/// A published board and the remarks on it.
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
    /// - Parameters:
    ///   - console: Where to.
    ///   - page: How much of the tables.
    /// - Throws: `badInput` when the published board cannot be read again.
    func show(on console: Console, _ page: BoardPage) throws(RouteGridError) {
        try console.emit(summary, in: folder, page)
        if missingBlobCount > 0 { console.warn("\(missingBlobCount) blobs were not found beside the records") }
        for note in summary.notes { console.warn("\(SafeText.line(note)); --lock names the grid that decides") }
        for choice in summary.unmade.prefix(5) { console.warn("nothing selected for \(SafeText.line(choice))") }
        for remark in summary.remarks { console.warn("no intervals where \(SafeText.line(remark))") }
        for record in summary.leftOut.prefix(5) { console.warn("left out: \(SafeText.line(record))") }
        console.note("\(summary.rowCount) rows from \(summary.recordCount) records in \(folder)")
        console.note("report: \(folder)/\(OutputName.report)")
    }

    /// - Throws: `incomplete` when there is no row because nothing could be selected.
    func checkSelected() throws(RouteGridError) {
        guard summary.rowCount == 0, let first = summary.unmade.first else { return }
        throw RouteGridError(.incomplete, "the board is empty: nothing was selected for \(SafeText.line(first))")
    }

    /// Throws the error with which the command ends, if any.
    ///
    /// - Throws: `incomplete` when rows lack records, and when nothing was selected at all.
    func checkComplete() throws(RouteGridError) {
        try checkSelected()
        guard summary.incompleteCount == 0 else {
            let count = summary.incompleteCount
            throw RouteGridError(.incomplete, "\(count) rows lack records; they are listed without a place")
        }
    }
}
