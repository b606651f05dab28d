import Aggregator
import Grid
import RouteGridBase

/// A board as its report shows it.
struct ReportBoard {
    let board: Leaderboard
    let lock: GridLock?
    let tables: [ReportTable]
    /// Tables that are left to the files beside the page.
    let hiddenTables: Int

    /// Tables of a page, and rows of all of them together: what a browser shows without a pause.
    static let mostTables = 60
    static let mostRows = 4_000

    init(_ board: Leaderboard, lock: GridLock? = nil) {
        (self.board, self.lock) = (board, lock)
        let shown = board.tables(.full)
        let count = min(shown.count, Self.mostTables)
        let rowLimit = max(50, Self.mostRows / max(count, 1))
        hiddenTables = shown.count - count
        tables = zip(zip(board.sections, shown), board.verdicts).prefix(count).enumerated().map { number, found in
            ReportTable(found.0.0, shown: found.0.1, verdict: found.1, number: number + 1, rowLimit: rowLimit)
        }
    }

    var title: String { lock.map { "RouteGrid: \($0.name)" } ?? "RouteGrid board" }
}
