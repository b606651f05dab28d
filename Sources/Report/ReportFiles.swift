package import Aggregator

/// The files that a report adds to the folder of a board.
package enum ReportFiles {
    /// `report.html` and `frontier.svg`; the same bytes for the same records.
    package static let pages: [BoardPageFile] = [
        BoardPageFile(name: OutputName.report) { html(of: $0.board, lock: $0.lock) },
        BoardPageFile(name: OutputName.plot) { plot(of: $0.board) },
    ]
}
