import RouteGridBase

extension Leaderboard {
    /// `leaderboard.md`: tables with what a reader must know around them.
    package var markdownBytes: [UInt8] {
        let ranking = BoardMetric.named(Leaderboard.rankingMetric(mode: mode))
        var text = "# Leaderboard\n\n"
        text += "Mode **\(mode)**, numerics `\(numerics)`, \(rows.count) rows from \(recordCount) records. "
        text += "\(statistics == nil ? "Ranked" : "Ordered") by \(ranking.title) within each table.\n"
        if rows.contains(where: { $0.flags.contains(.unsealed) }) {
            text +=
                "\n> **Unsealed**: \(BoardFlag.unsealed.meaning), so the best of many settings looks better than it is.\n"
        }
        if incompleteCount > 0 {
            text += "\n> **Incomplete**: \(incompleteCount) rows lack records. They are listed, without a place.\n"
        }
        for note in notes { text += "\n> **Note**: \(note).\n" }
        for choice in unmade { text += "\n> **Nothing selected** for \(choice).\n" }
        for remark in remarks { text += "\n> **No intervals** where \(remark).\n" }
        var dataset: String?
        for table in tables(.full) {
            if table.dataset != dataset { text += "\n## \(table.dataset)\n" }
            dataset = table.dataset
            text += "\n\(table.caption)\n\n" + table.markdown
        }
        return Array((text + "\n" + legend).utf8)
    }

    private var legend: String {
        let metrics = BoardMetric.columns(of: rows).filter {
            BoardMetric.shown(mode: mode, detail: .full).contains($0.name) && !$0.meaning.isEmpty
        }
        var lines = (statisticsLegend + selectionLegend).map { "* \($0)" }
        lines += metrics.map { "* **\($0.title)**: \($0.meaning)." }
        let flags = Set(rows.flatMap(\.flags)).subtracting([.unsealed]).sorted()
        lines += flags.map { "* `\($0.rawValue)`: \($0.meaning)." }
        return "## How to read this\n\n" + lines.joined(separator: "\n")
            + "\n* `–`: the value does not exist; `leaderboard.json` says why.\n"
    }
}

extension BoardTable {
    /// A Markdown table, its columns padded so that the source reads as a table too.
    var markdown: String {
        let cells = [columns.map(\.title)] + rows.map { row in row.map { $0.replacing("|", with: "\\|") } }
        let widths = columns.indices.map { index in max(3, cells.map { $0[index].count }.max() ?? 0) }
        func line(_ row: [String]) -> String {
            let padded = row.indices.map { index in
                let padding = String(repeating: " ", count: widths[index] - row[index].count)
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
