import Aggregator

/// How the rows of a table were selected on dev, and how much better they looked there.
struct SelectionSection {
    private let table: ReportTable

    init(_ table: ReportTable) { self.table = table }

    var html: String {
        let rows = table.rows.filter { ($0.row.selection?.configurations ?? 0) > 0 }
        guard !rows.isEmpty else { return "" }
        let hasChoices = rows.contains { !$0.chosen.isEmpty }
        let lines = rows.map { row -> String in
            let chosen = hasChoices ? "<td>\(Markup.text(row.chosen))</td>" : ""
            let optimism = row.row.value(RowSelection.optimism)
            let interval = row.row.interval(RowSelection.optimism)
            let words = optimism.map { Numbers.fixed($0, Numbers.decimals(interval), signed: true) } ?? "–"
            let of = row.row.selection.map { "\($0.competing) of \($0.configurations)" } ?? ""
            return "<tr><td class=\"router\">\(Markup.text(row.label))</td>\(chosen)"
                + "<td class=\"n\">\(of)</td><td class=\"n\">\(words)</td></tr>"
        }
        return """
            <details><summary>Selection on dev</summary>
            <p class="note">Each row is the best of several configurations on dev; test was read for it alone. Optimism: how much
            better it looked on dev than it is on test.</p>
            <div class="scroll"><table><thead><tr><th>router</th>\(hasChoices ? "<th>chosen</th>" : "")<th class="n">had a dev value</th>
            <th class="n">optimism</th></tr></thead><tbody>\(lines.joined())</tbody></table></div></details>
            """
    }
}
