/// What a command says of a board, besides the files.
package struct BoardSummary: Codable, Sendable {
    /// For a terminal: over datasets, then one a section.
    package let tables: [BoardTable]
    /// What the columns mean.
    package let legend: [String]
    package let remarks: [String]
    /// Records that no table has, and why.
    package let leftOut: [String]
    /// What a reader must know of how the board was made.
    package let notes: [String]
    /// Choices of a selection that could not be made, and why.
    package let unmade: [String]
    package let rowCount: Int
    package let recordCount: Int
    /// Rows that lack some record.
    package let incompleteCount: Int

    package init(_ board: Leaderboard) {
        tables = board.overallTables + board.tables(.brief)
        legend = board.statisticsLegend + board.selectionLegend + board.flagsLegend
        (remarks, unmade, notes) = (board.remarks, board.unmade, board.notes)
        leftOut = board.leftOut.map(\.text)
        (rowCount, recordCount, incompleteCount) = (board.rows.count, board.recordCount, board.incompleteCount)
    }
}
