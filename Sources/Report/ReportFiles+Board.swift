package import Aggregator
package import Grid

extension ReportFiles {
    /// A board as a page.
    ///
    /// - Parameters:
    ///   - board: The board.
    ///   - lock: The grid that it answers, for where it is from.
    /// - Returns: UTF-8 text.
    package static func html(of board: Leaderboard, lock: GridLock? = nil) -> [UInt8] {
        ReportPage(ReportBoard(board, lock: lock)).bytes
    }

    /// Accuracy over cost of all tables, for papers.
    package static func plot(of board: Leaderboard) -> [UInt8] { FrontierFigure(ReportBoard(board)).bytes }
}
