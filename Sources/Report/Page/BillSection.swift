import Foundation

/// Who has the lowest bill when a wrong answer costs something.
struct BillSection {
    private let table: ReportTable

    init(_ table: ReportTable) { self.table = table }

    var html: String {
        let stretches = WrongAnswerBill(table.competitors).byRow
        guard stretches.count > 1 else { return "" }
        let unit = table.costUnit
        let lines = stretches.map { stretch in
            let from = Numbers.short(stretch.from / unit.factor),
                upTo = stretch.upTo.map { Numbers.short($0 / unit.factor) }
            let range =
                stretch.from == 0 ? "up to \(upTo ?? "any")" : upTo.map { "\(from) to \($0)" } ?? "above \(from)"
            return
                "<tr><td class=\"n\">\(Markup.text(range))</td><td class=\"router\">\(Markup.text(name(stretch.row)))</td>"
                + "<td class=\"n\">\(Numbers.short(stretch.cost))</td><td class=\"n\">\(Numbers.fixed(stretch.accuracy, 3))</td></tr>"
        }
        let money = unit.factor == 1 ? unit.short : "US dollars"
        return """
            <h3>What does a wrong answer cost you?</h3>
            <p class="note">bill = cost + price of a wrong answer × share of wrong answers. Each row is read at the point with its
            lowest bill, on these test items and without intervals: rows that the verdict cannot tell apart are tied here too.</p>
            <div class="bill needs-js"><div class="bar"><label for="price-\(table.identity)">Price of a wrong answer</label>
            <input type="range" id="price-\(table.identity)" min="0" max="1000" step="5" value="500"/>
            <output id="priced-\(table.identity)" for="price-\(table.identity)"></output>
            <label><input type="checkbox" id="isobill-\(table.identity)"/> lines of equal bill in the plot</label></div>
            <ol id="bills-\(table.identity)" aria-label="Rows by their bill"></ol></div>
            <details><summary>Who wins where</summary><div class="scroll"><table>
            <thead><tr><th class="n">price of a wrong answer\(money.isEmpty ? "" : ", " + Markup.text(money))</th><th>lowest bill</th>
            <th class="n">cost \(Markup.text(unit.short))</th><th class="n">accuracy</th></tr></thead>
            <tbody>\(lines.joined())</tbody></table></div></details>
            """
    }

    private func name(_ row: Int) -> String { table.rows.first { $0.number == row }?.label ?? "" }

    /// Prices that a slider goes through: from where the second row begins to win to where the last does, and beyond.
    static func prices(_ table: ReportTable) -> (low: Double, high: Double)? {
        let bounds = WrongAnswerBill(table.competitors).stretches.map { $0.from / table.costUnit.factor }.filter {
            $0 > 0
        }
        guard let least = bounds.min(), let most = bounds.max(), least.isFinite, most.isFinite else { return nil }
        return (least / 10, most * 10)
    }
}
