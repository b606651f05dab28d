import RouteGridBase

extension Leaderboard {
    /// `leaderboard.md`: tables with what a reader must know around them.
    package var markdownBytes: [UInt8] {
        let ranking = BoardMetric.named(Leaderboard.rankingMetric(mode: mode))
        var text = "# Leaderboard\n\n"
        let rows = rows
        text += "Mode **\(SafeText.markdown(mode))**, numerics `\(SafeText.line(numerics).replacing("`", with: "'"))`, "
        text += "\(rows.count) rows from \(recordCount) records. "
        let order = ranking.title + (BoardRanking.of(mode: mode).tieBreaker == nil ? "" : ", then cost,")
        text += "\(statistics == nil ? "Ranked" : "Ordered") by \(order) within each table.\n"
        let unsealed = rows.count { $0.flags.contains(.unsealed) }
        if unsealed > 0 {
            let which = unsealed == rows.count ? "" : "in the rows with this flag, "
            text += "\n> **Unsealed**: \(which)\(BoardFlag.unsealed.meaning(mode: mode)), so the best of many settings "
            text += "looks better than it is.\n"
        }
        if incompleteCount > 0 {
            text += "\n> **Incomplete**: \(incompleteCount) rows lack records. They are listed, without a place.\n"
        }
        for note in notes { text += "\n> **Note**: \(SafeText.markdown(note)).\n" }
        for record in leftOut { text += "\n> **Left out**: \(SafeText.markdown(record.text)).\n" }
        for choice in unmade { text += "\n> **Nothing selected** for \(SafeText.markdown(choice)).\n" }
        for remark in remarks { text += "\n> **No intervals** where \(SafeText.markdown(remark)).\n" }
        for (table, overall) in zip(overallTables, overall) {
            text += "\n## Overall\n\n\(SafeText.markdown(table.caption))\n\n"
            text += "**\(SafeText.markdown(table.verdict))**\n\n\(SafeText.markdown(table.trust))\n\n\(table.markdown)"
            text += overall.matrix
        }
        var dataset: String?
        for table in tables(.full) {
            if table.dataset != dataset { text += "\n## \(SafeText.markdown(table.dataset))\n" }
            dataset = table.dataset
            text += "\n\(SafeText.markdown(table.caption))\n\n"
            text += "**\(SafeText.markdown(table.verdict))**\n\n\(SafeText.markdown(table.trust))\n\n"
            if let remark = table.remark { text += "> \(SafeText.markdown(remark)).\n\n" }
            text += table.markdown
        }
        return Array((text + "\n" + legend).utf8)
    }

    private var legend: String {
        let metrics = BoardMetric.columns(of: rows).filter {
            BoardMetric.shown(mode: mode, detail: .full).contains($0.name) && !$0.meaning.isEmpty
        }
        var lines = (statisticsLegend + selectionLegend).map { "* \($0)" }
        lines += metrics.map { "* **\($0.title)**: \($0.meaning)." }
        lines += flagsLegend.map { "* \($0)" }
        return "## How to read this\n\n" + lines.joined(separator: "\n")
            + "\n* `–`: the value does not exist; `leaderboard.json` says why.\n"
    }
}

extension BoardTable {
    /// A Markdown table, its columns padded so that the source reads as a table too.
    var markdown: String {
        // Intervals are in square brackets: a link needs parentheses behind them, which no cell of ours has.
        let cells =
            [columns.map(\.title)]
            + rows.map { row in zip(row, columns).map { $1.isNumber ? $0 : SafeText.markdown($0) } }
        let lengths = cells.map { row in row.map(SafeText.width) }
        let widths = columns.indices.map { index in max(3, lengths.map { $0[index] }.max() ?? 0) }
        func line(_ row: [String]) -> String {
            let padded = row.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - SafeText.width(row[index]))
                return columns[index].isNumber ? padding + row[index] : row[index] + padding
            }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        let rule = columns.indices.map { index in
            String(repeating: "-", count: widths[index] - (columns[index].isNumber ? 1 : 0))
                + (columns[index].isNumber ? ":" : "")
        }
        return line(cells[0]) + "| " + rule.joined(separator: " | ") + " |\n" + cells.dropFirst().map(line).joined()
    }
}
