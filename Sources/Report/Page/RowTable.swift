import Aggregator
import Catalog
import RouteGridBase

/// The rows of a table, with the digits that their intervals support.
struct RowTable {
    private let table: ReportTable
    private let metrics: [MetricDescriptor]

    private let hasTies: Bool
    private let hasFlags: Bool
    private let hasChoices: Bool

    init(_ table: ReportTable) {
        (self.table, metrics) = (table, table.metrics)
        hasTies = table.rows.contains { !$0.tie.isEmpty && $0.tie != "–" }
        hasFlags = table.rows.contains { !$0.flags.isEmpty }
        hasChoices = table.rows.contains { !$0.chosen.isEmpty }
    }

    var html: String {
        let name = table.identity
        return """
            <h3>All rows</h3>
            <div class="bar needs-js"><input type="search" data-table="\(name)" placeholder="Filter: words, -without" aria-label="Filter the rows"/>
            <span id="count-\(name)" class="meta" aria-live="polite"></span>
            <button type="button" data-table="\(name)" data-save="csv">CSV</button>
            <button type="button" data-table="\(name)" data-save="json">JSON</button>
            <button type="button" data-table="\(name)" data-save="svg">SVG</button>
            <button type="button" data-table="\(name)" data-save="tex">LaTeX</button></div>
            <div class="scroll" tabindex="0" role="region" aria-label="All rows"><table class="rows" data-table="\(name)">
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(table.rows.map(line).joined(separator: "\n"))
            </tbody></table></div>
            <p class="note">Small numbers are intervals of a row by itself; digits end one behind what the interval supports.
            ↑ more is better, ↓ less is. –: no value; leaderboard.json says why.\(more)</p>
            """
    }

    private var more: String {
        table.hiddenRows > 0 ? " \(table.hiddenRows) more rows are in leaderboard.csv." : ""
    }

    // MARK: Heads

    private var heads: String {
        var out = head("rank", "rank", isNumber: true, first: "up")
        if hasTies { out += head("tie", "tie", isNumber: false, first: "up") }
        out += head("router", "router", isNumber: false, first: "up")
        for metric in metrics {
            let isCost = metric.name == "mean_cost"
            let unit = isCost && !table.costUnit.short.isEmpty ? " \(table.costUnit.short)" : ""
            out += head(
                metric.name,
                "\(metric.title)\(unit) \(metric.isLargerBetter ? "↑" : "↓")",
                isNumber: true,
                first: metric.isLargerBetter ? "down" : "up",
                title: metric.summary
            )
        }
        if hasChoices { out += head("chosen", "chosen", isNumber: false, first: "up") }
        if hasFlags { out += head("flags", "flags", isNumber: false, first: "up") }
        return out
    }

    private func head(_ name: String, _ words: String, isNumber: Bool, first: String, title: String? = nil) -> String {
        Markup.element(
            "th",
            [
                ("scope", "col"), ("class", isNumber ? "n" : nil), ("aria-sort", "none"), ("data-first", first),
                ("data-name", name), ("title", title),
            ],
            Markup.element("button", [("type", "button")], Markup.text(words))
        )
    }

    // MARK: Rows

    private func line(_ row: ReportRow) -> String {
        let named = table.verdict.row == row.number ? "named" : nil
        let style = [named, row.row.isReference ? "reference" : nil, row.row.isBound ? "bound" : nil].compactMap(\.self)
        var cells = cell(row.rank, value: row.row.standing?.rank.lowerBound ?? row.row.place, isNumber: true)
        if hasTies { cells += Markup.element("td", [], Markup.text(row.tie)) }
        cells += Markup.element("td", [("class", "router")], Markup.text(row.label))
        for metric in metrics { cells += self.cell(row, metric) }
        if hasChoices { cells += Markup.element("td", [], Markup.text(row.chosen)) }
        if hasFlags { cells += Markup.element("td", [], Markup.text(row.flags)) }
        return Markup.element(
            "tr",
            [
                ("id", "\(table.identity)-r\(row.number + 1)"), ("data-place", "\(row.number)"),
                ("class", style.isEmpty ? nil : style.joined(separator: " ")),
            ],
            cells
        )
    }

    private func cell(_ words: String, value: Int?, isNumber: Bool) -> String {
        Markup.element("td", [("class", "n"), ("data-v", value.map(String.init) ?? "")], Markup.text(words))
    }

    private func cell(_ row: ReportRow, _ metric: MetricDescriptor) -> String {
        guard let value = row.row.value(metric.name) else {
            return Markup.element("td", [("class", "n"), ("data-v", "")], "–")
        }
        let isCost = metric.name == "mean_cost"
        let factor = isCost ? table.costUnit.factor : 1
        let interval = row.row.interval(metric.name).map { (low: $0.low * factor, high: $0.high * factor) }
        let isSigned = metric.name == "gain"
        var words: String
        if let interval, Numbers.isWide(interval) {
            let digits = Numbers.decimals(interval)
            func text(_ value: Double) -> String { Numbers.fixed(value, digits, signed: isSigned) }
            words = "\(text(value * factor))<small>\(text(interval.low)) to \(text(interval.high))</small>"
        } else {
            words = isCost ? Numbers.short(value * factor) : Numbers.fixed(value, 3, signed: isSigned)
        }
        return Markup.element("td", [("class", "n"), ("data-v", JSONValue.shortestText(value * factor))], words)
    }
}
