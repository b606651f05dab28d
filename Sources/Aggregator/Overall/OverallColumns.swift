import Scoring

/// What `leaderboard.csv` says of a row over datasets; no column where no datasets compare.
struct OverallColumns {
    let names: [String]
    /// By the number of the row on the board.
    private var rows: [Int: OverallTable.Row] = [:]

    init(_ board: Leaderboard) {
        let tables = board.overall
        names = tables.isEmpty ? [] : ["overall_mean", "overall_rank", "overall_rank_lo", "overall_rank_hi"]
        var firsts: [Int] = []
        var first = 0
        for section in board.sections {
            firsts.append(first)
            first += section.rows.count
        }
        for table in tables {
            for row in table.rows {
                for (section, place) in zip(table.sections, row.places) { rows[firsts[section] + place] = row }
            }
        }
    }

    func fields(ofRow number: Int) -> [String?] {
        guard !names.isEmpty else { return [] }
        let row = rows[number]
        return [
            CSVLines.number(row?.mean.value), CSVLines.number(row?.rank?.value),
            CSVLines.number(row?.rank?.interval?.low), CSVLines.number(row?.rank?.interval?.high),
        ]
    }
}
