import Aggregator
import Foundation
import Scoring

/// Accuracy over cost of a table's rows.
struct FrontierPlot {
    /// For a page or a paper, or for a telephone.
    enum Size {
        case wide, narrow

        var width: Double { self == .wide ? 760 : 380 }
        var height: Double { self == .wide ? 430 : 360 }
        var text: Double { 12 }
        var left: Double { self == .wide ? 58 : 46 }
        var right: Double { self == .wide ? 96 : 10 }
    }

    let table: ReportTable
    let size: Size
    /// Whether a script can draw into it.
    private let isOnPage: Bool
    private let shown: ShownSeries
    private let across: PlotScale
    private let up: PlotScale
    /// Of each row drawn, whether some other point is both cheaper and more accurate.
    private let isOnFrontier: [Int: [Bool]]

    private static let top = 14.0
    private static let bottom = 48.0

    init(_ table: ReportTable, size: Size, most: Int = ShownSeries.mostRouters, isOnPage: Bool = false) {
        (self.table, self.size, self.isOnPage) = (table, size, isOnPage)
        let shown = ShownSeries(table, most: most)
        self.shown = shown
        let all = shown.series.flatMap(\.row.curve.points)
        across = PlotScale(
            all.map(\.cost),
            from: size.left,
            to: size.width - size.right,
            mayBeLogarithmic: true,
            limits: 0...Double.infinity
        )
        up = PlotScale(
            all.map(\.accuracy) + shown.series.filter { $0.isOn && $0.role != .bound }.flatMap { Self.ends($0.row) },
            from: size.height - Self.bottom,
            to: Self.top,
            mayBeLogarithmic: false,
            limits: 0...1
        )
        var points: [(row: Int, place: Int, point: ReportCurve.Point)] = []
        for row in table.competitors {
            for (place, point) in row.curve.points.enumerated() { points.append((row.number, place, point)) }
        }
        let kept =
            points.isEmpty
            ? [] : ParetoFrontier.indices(cost: points.map(\.point.cost), accuracy: points.map(\.point.accuracy))
        var marks = Dictionary(
            uniqueKeysWithValues: table.competitors.map { ($0.number, $0.curve.points.map { _ in false }) }
        )
        for index in kept { marks[points[index].row]?[points[index].place] = true }
        isOnFrontier = marks
    }

    /// The ends of a row's own interval at its largest budget.
    private static func ends(_ row: ReportRow) -> [Double] {
        row.row.interval("accuracy").map { [$0.low, $0.high] } ?? []
    }

    /// Whether there is anything to draw.
    var isEmpty: Bool { shown.series.isEmpty }
    var leftOut: Int { shown.leftOut }
    /// What is drawn, in the order of a legend.
    var legend: [ShownSeries.Series] { shown.series.reversed() }

    /// What the picture shows, for who does not see it.
    var description: String {
        let routers = shown.series.count { $0.role == .router }
        let singles = shown.series.count { $0.role == .single }
        return
            "\(table.verdict.text) Drawn: accuracy over \(table.costUnit.title)\(across.isLogarithmic ? ", logarithmic" : "") "
            + "of \(routers) routers and \(singles) single models; vertical lines are each row's own interval at its largest "
            + "budget; hollow points are dominated: another point is cheaper and more accurate."
    }

    /// The contents of an `svg` element of the plot's size.
    var contents: String {
        let axes = axes
        let lines = shown.series.map(drawn).joined()
        // A script draws lines of equal bills into it.
        let bills = Markup.element("path", [("class", "isobill"), ("d", "M0 0")])
        return axes + (hasBills ? bills : "") + lines + labels
    }

    /// The scales across and up, for a script that draws into the plot.
    var scales: String { "\(across.text) \(up.text)" }

    private var hasBills: Bool { isOnPage && WrongAnswerBill(table.competitors).byRow.count > 1 }

    // MARK: Axes

    private var axes: String {
        let (left, right) = (size.left, size.width - size.right)
        let (top, bottom) = (Self.top, size.height - Self.bottom)
        var out = ""
        for tick in up.ticks(about: 5) {
            let y = up.place(tick.value)
            out += line(left, y, right, y, "grid")
            out += text(left - 7, y + 4, Numbers.short((tick.value * 1e6).rounded() / 1e6), "tick", anchor: "end")
        }
        for tick in across.ticks(about: size == .wide ? 7 : 4) {
            let x = across.place(tick.value)
            if tick.isMajor {
                out += line(x, top, x, bottom, "grid")
                out += text(x, bottom + 17, Numbers.short(tick.value), "tick", anchor: "middle")
            } else {
                out += line(x, bottom, x, bottom + 3, "axis")
            }
        }
        out += line(left, bottom, right, bottom, "axis") + line(left, top, left, bottom, "axis")
        let scale = across.isLogarithmic ? " (log)" : ""
        out += text((left + right) / 2, size.height - 10, table.costUnit.title + scale, "name", anchor: "middle")
        let (x, y) = (Numbers.coordinate(13), Numbers.coordinate((top + bottom) / 2))
        out += Markup.element(
            "text",
            [("class", "name"), ("text-anchor", "middle"), ("transform", "translate(\(x) \(y)) rotate(-90)")],
            "accuracy"
        )
        return out
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

    private func text(_ x: Double, _ y: Double, _ words: String, _ style: String, anchor: String = "start") -> String {
        Markup.element(
            "text",
            [
                ("class", style), ("x", Numbers.coordinate(x)), ("y", Numbers.coordinate(y)),
                ("text-anchor", anchor == "start" ? nil : anchor),
            ],
            Markup.text(words)
        )
    }

    // MARK: Rows

    private func drawn(_ series: ShownSeries.Series) -> String {
        let row = series.row
        let points = row.curve.points
        var out = ""
        if points.count > 1 {
            let path = points.enumerated().map { place, point in
                let (x, y) = (
                    Numbers.coordinate(across.place(point.cost)), Numbers.coordinate(up.place(point.accuracy))
                )
                return "\(place == 0 ? "M" : "L")\(x) \(y)"
            }.joined()
            out += Markup.element("path", [("class", "line"), ("d", path)])
        }
        if series.role != .bound, let whisker = whisker(row) { out += whisker }
        for place in marked(points.count, row) { out += mark(series, place) }
        return Markup.element(
            "g",
            [
                ("class", style(series) + (series.isOn ? "" : " off")), ("data-row", "\(row.number)"),
                ("tabindex", "0"), ("role", "img"), ("aria-label", "\(row.label): \(summary(row))"),
            ],
            out
        )
    }

    private func style(_ series: ShownSeries.Series) -> String {
        series.role == .router
            ? "series c\(series.style % 8) d\(series.style / 8 % 3)" : "series \(series.role.rawValue)"
    }

    /// The points of a curve with a mark of their own: those on the common frontier and some of the others.
    private func marked(_ count: Int, _ row: ReportRow) -> [Int] {
        guard count > 12 else { return Array(0..<count) }
        let frontier = (isOnFrontier[row.number] ?? []).indices.filter { isOnFrontier[row.number]?[$0] == true }
        let stride = (count + 9) / 10
        let stepped = (0..<count).filter { $0 % stride == 0 }
        return Set(
            frontier.enumerated().filter { $0.offset % max(1, frontier.count / 8) == 0 }.map(\.element) + stepped + [
                count - 1
            ]
        )
        .sorted()
    }

    private func whisker(_ row: ReportRow) -> String? {
        guard let largest = row.largest(table.costUnit), let interval = row.row.interval("accuracy") else { return nil }
        let x = across.place(largest.cost)
        return line(x, up.place(interval.low), x, up.place(interval.high), "whisker")
    }

    private func mark(_ series: ShownSeries.Series, _ place: Int) -> String {
        let row = series.row
        let point = row.curve.points[place]
        let (x, y) = (across.place(point.cost), up.place(point.accuracy))
        let isHollow = series.role != .bound && isOnFrontier[row.number]?[place] != true
        let title = Markup.element("title", [], Markup.text(words(row, place)))
        let style = "pt" + (isHollow ? " hollow" : "")
        let shape = series.role == .single ? 1 : series.role == .router ? series.style % 4 : 0
        let r = series.role == .single ? 4.5 : 3.6
        func at(_ dx: Double, _ dy: Double) -> String {
            Numbers.coordinate(x + dx * r) + " " + Numbers.coordinate(y + dy * r)
        }
        switch shape {
        case 0:
            return Markup.element(
                "circle",
                [
                    ("class", style), ("cx", Numbers.coordinate(x)), ("cy", Numbers.coordinate(y)),
                    ("r", Numbers.coordinate(r)),
                ],
                title
            )
        case 1: return polygon([at(-0.9, -0.9), at(0.9, -0.9), at(0.9, 0.9), at(-0.9, 0.9)], style, title)
        case 2: return polygon([at(0, -1.2), at(1.1, 0.8), at(-1.1, 0.8)], style, title)
        default: return polygon([at(0, -1.25), at(1.25, 0), at(0, 1.25), at(-1.25, 0)], style, title)
        }
    }

    private func polygon(_ corners: [String], _ style: String, _ title: String) -> String {
        Markup.element("path", [("class", style), ("d", "M" + corners.joined(separator: "L") + "Z")], title)
    }

    /// What is said of a point.
    private func words(_ row: ReportRow, _ place: Int) -> String {
        let point = row.curve.points[place]
        let isLast = place == row.curve.points.count - 1
        var parts = [row.label]
        if let budget = point.budget { parts.append(budget) }
        let interval = isLast ? row.row.interval("accuracy") : nil
        let digits = Numbers.decimals(interval)
        var accuracy = "accuracy \(Numbers.fixed(point.accuracy, digits))"
        if let interval {
            accuracy += " (\(Numbers.fixed(interval.low, digits)) to \(Numbers.fixed(interval.high, digits)))"
        }
        parts.append(accuracy)
        parts.append("cost \(Numbers.short(point.cost)) \(table.costUnit.short)")
        if row.curve.runCount > 1 { parts.append("mean of \(row.curve.runCount) runs") }
        return parts.joined(separator: " · ")
    }

    private func summary(_ row: ReportRow) -> String {
        guard let first = row.curve.points.first, let last = row.curve.points.last else { return "" }
        let end =
            "accuracy \(Numbers.fixed(last.accuracy, 3)) at cost \(Numbers.short(last.cost)) \(table.costUnit.short)"
        return row.curve.points.count == 1
            ? end : "from accuracy \(Numbers.fixed(first.accuracy, 3)) at \(Numbers.short(first.cost)) to \(end)"
    }

    // MARK: Labels

    private var labels: String {
        var placement = LabelPlacement(
            within: LabelPlacement.Box(
                left: size.left + 2,
                top: Self.top,
                right: size.width - 2,
                bottom: size.height - Self.bottom - 2
            )
        )
        for series in shown.series where series.isOn {
            let places = series.row.curve.points.map { (x: across.place($0.cost), y: up.place($0.accuracy)) }
            for place in marked(places.count, series.row) {
                placement.avoid(x: places[place].x, y: places[place].y, radius: 4)
            }
            // A label over a line is hard to read, too.
            for (left, right) in zip(places, places.dropFirst()) {
                let steps = Int((abs(right.x - left.x) + abs(right.y - left.y)) / 8)
                for step in 0..<min(steps, 100) {
                    let share = (Double(step) + 0.5) / Double(steps)
                    placement.avoid(
                        x: left.x + share * (right.x - left.x),
                        y: left.y + share * (right.y - left.y),
                        radius: 2
                    )
                }
            }
        }
        var out = ""
        // The best router has the first choice; then single models, which have no line to be known by.
        // A telephone has room for a few; its legend has them all.
        let most = size == .wide ? ShownSeries.shownRouters : 2
        let wanted = shown.series.reversed().filter { $0.isOn && ($0.role != .router || $0.style < most) }
        for series in wanted {
            guard let last = series.row.curve.points.last else { continue }
            let (x, y) = (across.place(last.cost), up.place(last.accuracy))
            let words = Self.shortened(series.row.label, to: size == .wide ? 26 : 16)
            guard let placed = placement.place(columns: words.count, size: size.text, x: x, y: y) else { continue }
            var label = ""
            if placed.isLed {
                label += line(x, y, placed.x + (placed.isAtEnd ? 2 : -2), placed.y - 4, "lead")
            }
            label += text(placed.x, placed.y, words, "label", anchor: placed.isAtEnd ? "end" : "start")
            out += Markup.element(
                "g",
                [
                    ("class", style(series).replacing("series", with: "series tag")),
                    ("data-row", "\(series.row.number)"),
                    ("aria-hidden", "true"),
                ],
                label
            )
        }
        return out
    }

    static func shortened(_ words: String, to count: Int) -> String {
        words.count <= count ? words : String(words.prefix(count - 1)) + "…"
    }
}
