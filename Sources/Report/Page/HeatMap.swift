import Aggregator
import RouteGridBase

/// Routers by tables: how far each is above or below the best single model, where there are several datasets.
struct HeatMap {
    /// Routers and tables that are shown.
    static let mostRows = 60
    static let mostTables = 24

    private let tables: [ReportTable]

    init(_ board: ReportBoard) {
        let datasets = Set(board.tables.map { "\($0.section.key.dataset)/\($0.section.key.data)" })
        tables = datasets.count > 1 ? Array(board.tables.prefix(Self.mostTables)) : []
    }

    var html: String {
        var names: [String] = []
        var seen: Set<String> = []
        for row in tables.flatMap(\.rows) where !row.row.isBound && row.row.value("gain") != nil {
            if seen.insert(row.label).inserted { names.append(row.label) }
        }
        guard !names.isEmpty else { return "" }
        let heads = tables.map { table in
            "<th class=\"n\" scope=\"col\"><a href=\"#\(table.identity)\">\(Markup.text(FrontierPlot.shortened(table.dataset, to: 18)))</a>"
                + "<br/><small>\(Markup.text("table \(table.number), \(table.section.key.rule)"))</small></th>"
        }
        let lines = names.prefix(Self.mostRows).map { name -> String in
            let cells = tables.map { table -> String in
                table.rows.first { $0.label == name && !$0.row.isBound }.map { cell($0, table) }
                    ?? "<td class=\"n\">–</td>"
            }
            return "<tr><th scope=\"row\" class=\"router\">\(Markup.text(name))</th>\(cells.joined())</tr>"
        }
        let more =
            names.count > Self.mostRows ? " \(names.count - Self.mostRows) further rows are in their tables." : ""
        return """
            <section class="table" aria-labelledby="heat-name"><h2 id="heat-name">All datasets</h2>
            <p class="note">Test accuracy at the point that was best on dev (Ps), and below it the difference to the best single model of
            the dataset; blue above it, orange below. Colours are of estimates: what is shown to differ is in the verdicts.\(more)</p>
            <div class="scroll" tabindex="0" role="region" aria-label="All datasets"><table class="heat">
            <thead><tr><th scope="col">router</th>\(heads.joined())</tr></thead>
            <tbody>\(lines.joined(separator: "\n"))</tbody></table></div></section>
            """
    }

    private func cell(_ row: ReportRow, _ table: ReportTable) -> String {
        guard let gain = row.row.value("gain"), let accuracy = row.row.value("ps") else {
            return "<td class=\"n\">–</td>"
        }
        let digits = Numbers.decimals(row.row.interval("gain"))
        return "<td class=\"n h\(Self.shade(gain))\">\(Numbers.fixed(accuracy, digits))"
            + "<small>\(Numbers.fixed(gain, digits, signed: true))</small></td>"
    }

    /// 0…6; 3 is about equal.
    static func shade(_ gain: Double) -> Int {
        let limits = [-0.05, -0.02, -0.005, 0.005, 0.02, 0.05]
        return limits.firstIndex { gain < $0 } ?? 6
    }
}
