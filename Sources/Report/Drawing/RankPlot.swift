import Aggregator
import RouteGridBase

/// How far each router is above or below the best single model, by intervals that hold for all of them together.
struct RankPlot {
    /// Rows that are drawn.
    static let most = 40

    private let table: ReportTable
    private let size: FrontierPlot.Size
    private let rows: [(row: ReportRow, bounds: SectionClaims.Bounds)]
    private let margin: Double

    init?(_ table: ReportTable, size: FrontierPlot.Size) {
        guard let claims = table.section.claims else { return nil }
        let found = table.rows.compactMap { row in claims.claims[row.number]?.gain.map { (row: row, bounds: $0) } }
        guard !found.isEmpty else { return nil }
        (self.table, self.size, margin) = (table, size, claims.margin)
        rows = Array(found.prefix(Self.most))
        leftOut = found.count - rows.count
    }

    let leftOut: Int

    private static let step = 22.0
    private static let top = 26.0
    private var left: Double { size == .wide ? 222 : 138 }
    private var right: Double { size == .wide ? 76 : 56 }
    var height: Double { Self.top + Double(rows.count) * Self.step + 44 }

    var description: String {
        "Accuracy at the point that was best on dev less that of the best single model, with intervals that hold for all "
            + "routers of the table together. "
            + rows.prefix(12).map { row, bounds in
                "\(row.label): \(Numbers.fixed(bounds.estimate, 3, signed: true)) "
                    + "(\(Numbers.fixed(bounds.low, 3, signed: true)) to \(Numbers.fixed(bounds.high, 3, signed: true)))"
            }.joined(separator: "; ")
    }

    var contents: String {
        let scale = PlotScale(
            rows.flatMap { [$0.bounds.low, $0.bounds.high] } + [0, -margin],
            from: left,
            to: size.width - right,
            mayBeLogarithmic: false
        )
        let bottom = Self.top + Double(rows.count) * Self.step
        var out = ""
        let band = (scale.place(-margin), scale.place(0))
        out += Markup.element(
            "rect",
            [
                ("class", "band"), ("x", Numbers.coordinate(band.0)), ("y", Numbers.coordinate(Self.top)),
                ("width", Numbers.coordinate(band.1 - band.0)), ("height", Numbers.coordinate(bottom - Self.top)),
            ]
        )
        for tick in scale.ticks(about: size == .wide ? 6 : 3) {
            let x = scale.place(tick.value)
            out += line(x, Self.top, x, bottom, abs(tick.value) < 1e-9 ? "zero" : "grid")
            let words = Numbers.short((tick.value * 1e6).rounded() / 1e6)
            out += text(x, bottom + 16, (tick.value > 1e-9 ? "+" : "") + words, "tick", "middle")
        }
        let zero = scale.place(0)
        out += line(zero, Self.top - 4, zero, bottom, "zero")
        out += text(zero, Self.top - 9, "best single model", "tick", "middle")
        out += text(size.width - right + 10, Self.top - 9, size == .wide ? "rank, tie" : "rank", "tick", nil)
        for (number, entry) in rows.enumerated() {
            let y = Self.top + (Double(number) + 0.5) * Self.step
            out += drawn(entry.row, entry.bounds, y, scale)
        }
        let title =
            "accuracy less the best single model's"
            + (size == .wide ? "; shaded: within the margin of \(JSONValue.shortestText(margin))" : "")
        out += text((left + size.width - right) / 2, bottom + 36, title, "name", "middle")
        return out
    }

    private func drawn(_ row: ReportRow, _ bounds: SectionClaims.Bounds, _ y: Double, _ scale: PlotScale) -> String {
        let group = row.row.standing.map { "g\(($0.tie - 1) % 8)" } ?? "g0"
        let isNamed = table.verdict.row == row.number
        let label = FrontierPlot.shortened(row.label, to: size == .wide ? 30 : 17)
        let numbers =
            "\(Numbers.fixed(bounds.estimate, 3, signed: true)) (\(Numbers.fixed(bounds.low, 3, signed: true)) to "
            + "\(Numbers.fixed(bounds.high, 3, signed: true)))"
        let title = Markup.element("title", [], Markup.text("\(row.label) · \(numbers)"))
        var out = text(left - 10, y + 4, label, isNamed ? "label named" : "label", "end")
        out += line(scale.place(bounds.low), y, scale.place(bounds.high), y, "range")
        for end in [bounds.low, bounds.high] { out += line(scale.place(end), y - 4, scale.place(end), y + 4, "range") }
        out += Markup.element(
            "circle",
            [
                ("class", "pt"), ("cx", Numbers.coordinate(scale.place(bounds.estimate))),
                ("cy", Numbers.coordinate(y)), ("r", isNamed ? "5" : "4"),
            ],
            title
        )
        let standing = row.tie.isEmpty || row.tie == "–" ? row.rank : "\(row.rank) \(row.tie)"
        out += text(size.width - right + 10, y + 4, standing, "tick", nil)
        return Markup.element(
            "g",
            [("class", "rank \(group)"), ("role", "img"), ("aria-label", "\(row.label): \(numbers)")],
            out
        )
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        Markup.element(
            "line",
            [
                ("class", style), ("x1", Numbers.coordinate(x1)), ("y1", Numbers.coordinate(y1)),
                ("x2", Numbers.coordinate(x2)), ("y2", Numbers.coordinate(y2)),
            ]
        )
    }

    private func text(_ x: Double, _ y: Double, _ words: String, _ style: String, _ anchor: String?) -> String {
        Markup.element(
            "text",
            [("class", style), ("x", Numbers.coordinate(x)), ("y", Numbers.coordinate(y)), ("text-anchor", anchor)],
            Markup.text(words)
        )
    }
}
