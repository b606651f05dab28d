import Aggregator
import Grid
import RouteGridBase

/// A board as its report shows it.
struct ReportBoard {
    let board: Leaderboard
    let lock: GridLock?
    let tables: [ReportTable]

    init(_ board: Leaderboard, lock: GridLock? = nil) {
        (self.board, self.lock) = (board, lock)
        let shown = board.tables(.full)
        tables = zip(zip(board.sections, shown), board.verdicts).enumerated().map { number, found in
            ReportTable(found.0.0, shown: found.0.1, verdict: found.1, number: number + 1)
        }
    }

    var title: String { lock.map { "RouteGrid: \($0.name)" } ?? "RouteGrid board" }
}
