import Aggregator
import RouteGridBase

/// Where the queries of each row go, by budget.
struct RoutingSection {
    /// Colours for models; further ones share one.
    private static let colours = 7
    /// Rows that are drawn.
    private static let mostRows = 40

    private let table: ReportTable
    private let rows: [(row: ReportRow, routing: RoutingShares)]
    /// Numbers of models with a colour of their own, those with the largest shares over all rows.
    private let coloured: [Int]
    private let names: [String]

    init(_ table: ReportTable) {
        self.table = table
        rows = table.rows.compactMap { row in
            // A single model's row says nothing here.
            row.isOneModel ? nil : row.row.routing.map { (row, $0) }
        }
        let names = rows.first?.routing.models ?? []
        self.names = names
        var sums = [Double](repeating: 0, count: names.count)
        for (_, routing) in rows {
            for place in routing.places {
                for model in names.indices where model < place.shares.count { sums[model] += place.shares[model] }
            }
        }
        coloured = Array(
            names.indices.filter { sums[$0] > 0 }.sorted { (-sums[$0], $0) < (-sums[$1], $1) }.prefix(Self.colours)
        )
    }

    var html: String {
        guard !rows.isEmpty, !coloured.isEmpty else { return "" }
        let hidden = rows.count - min(rows.count, Self.mostRows)
        let more = hidden > 0 ? " \(hidden) more rows are in leaderboard.json." : ""
        return """
            <details class="routing"><summary>Where queries go</summary>
            <p class="note">Shares of the test items at the largest budget, the three largest; bars: from each row's cheapest point
            (top) to its dearest (bottom). Opt.Sel: of the items that some model solves, how many go to the cheapest of the best;
            Opt.Cost: that model's cost divided by the cost of the choice, their mean; Opt.Acc: accuracy divided by the oracle's;
            gap closed: how much of the accuracy between best single model and oracle is gained.\(more)</p>
            \(legend)
            <div class="scroll" tabindex="0" role="region" aria-label="Where queries go"><table><thead><tr><th scope="col">router</th>
            <th scope="col">largest shares</th><th scope="col" class="n">to \(Markup.text(dearest))</th>
            <th scope="col">by budget</th>\(Self.heads)</tr></thead>
            <tbody>\(rows.prefix(Self.mostRows).map { line($0.row, $0.routing) }.joined(separator: "\n"))</tbody></table></div></details>
            """
    }

    private var dearest: String { rows.first.map { "\($0.routing.dearest), the dearest" } ?? "the dearest" }

    private static let metrics = [
        ("opt_sel", "Opt.Sel"), ("opt_cost", "Opt.Cost"), ("opt_acc", "Opt.Acc"), ("gap_closed", "gap closed"),
    ]

    private static let heads = metrics.map { "<th scope=\"col\" class=\"n\">\($0.1)</th>" }.joined()

    private func line(_ row: ReportRow, _ routing: RoutingShares) -> String {
        let top = routing.top(routing.largest).map { "\($0.model) \(Self.percent($0.share))" }.joined(separator: ", ")
        let figures = Self.metrics.map { name, _ in
            let words = row.row.value(name).map { Numbers.fixed($0, 3, signed: name == "gap_closed") } ?? "–"
            return "<td class=\"n\">\(words)</td>"
        }
        return "<tr><td class=\"router\">\(Markup.text(row.label))</td><td class=\"shares\">\(Markup.text(top))</td>"
            + "<td class=\"n\">\(Self.percent(routing.largest.dearest))</td><td>\(bars(routing))</td>\(figures.joined())</tr>"
    }

    private static func percent(_ share: Double) -> String {
        share > 0 && share < 0.001 ? "< 0.1 %" : "\(Numbers.fixed(share * 100, 1)) %"
    }

    // MARK: Bars

    private static let width = 200.0
    private static let step = 9.0

    private func bars(_ routing: RoutingShares) -> String {
        let height = Double(routing.places.count) * Self.step
        let contents = routing.places.enumerated().map { number, place in
            bar(routing, place, Double(number) * Self.step)
        }
        let words = routing.places.map { place in
            "cost \(Numbers.short(place.cost * table.costUnit.factor)): "
                + routing.top(place).map { "\($0.model) \(Self.percent($0.share))" }.joined(separator: ", ")
        }
        return Markup.element(
            "svg",
            [
                ("viewBox", "0 0 \(Numbers.coordinate(Self.width)) \(Numbers.coordinate(height))"),
                ("width", Numbers.coordinate(Self.width)), ("height", Numbers.coordinate(height)), ("role", "img"),
                ("aria-label", words.joined(separator: "; ")),
            ],
            contents.joined()
        )
    }

    private func bar(_ routing: RoutingShares, _ place: RoutingShares.Place, _ y: Double) -> String {
        var pieces: [(style: String, share: Double)] = coloured.enumerated().compactMap { colour, model in
            model < place.shares.count ? ("c\(colour)", place.shares[model]) : nil
        }
        pieces.append(("rest", max(0, 1 - pieces.reduce(0) { $0 + $1.share })))
        var x = 0.0
        var out = ""
        for piece in pieces where piece.share > 5e-4 {
            let rect = Markup.element(
                "rect",
                [
                    ("class", "fill"), ("x", Numbers.coordinate(x * Self.width)), ("y", Numbers.coordinate(y)),
                    ("width", Numbers.coordinate(piece.share * Self.width)), ("height", "7"),
                ]
            )
            out += "<g class=\"\(piece.style)\">\(rect)</g>"
            x += piece.share
        }
        let words =
            "cost \(Numbers.short(place.cost * table.costUnit.factor)) \(table.costUnit.short) · accuracy "
            + "\(Numbers.fixed(place.accuracy, 3)) · "
            + routing.top(place).map { "\($0.model) \(Self.percent($0.share))" }.joined(separator: ", ")
        return Markup.element("g", [], Markup.element("title", [], Markup.text(words)) + out)
    }

    private var legend: String {
        var items = coloured.enumerated().map { colour, model in swatch("c\(colour)", names[model]) }
        items.append(swatch("rest", "other models, or no answer"))
        return "<ul class=\"legend\" aria-label=\"Models\">\(items.joined())</ul>"
    }

    private func swatch(_ style: String, _ words: String) -> String {
        let rect = Markup.element(
            "rect",
            [("class", "fill"), ("x", "0"), ("y", "1"), ("width", "26"), ("height", "10")]
        )
        return "<li><label><svg viewBox=\"0 0 26 12\" class=\"\(style)\" aria-hidden=\"true\">\(rect)</svg>"
            + "<span>\(Markup.text(words))</span></label></li>"
    }
}
