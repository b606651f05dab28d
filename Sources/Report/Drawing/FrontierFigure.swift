import Aggregator
import RouteGridBase

/// `frontier.svg`: the plots of all tables as one picture for papers.
struct FrontierFigure {
    /// Tables that are drawn.
    static let most = 24

    private let board: ReportBoard

    init(_ board: ReportBoard) { self.board = board }

    private static let heading = 44.0

    var bytes: [UInt8] {
        let plots = board.tables.prefix(Self.most)
            .map { FrontierPlot($0, size: .wide, most: ShownSeries.shownRouters) }.filter { !$0.isEmpty }
        let columns = plots.count > 1 ? 2 : 1
        let size = FrontierPlot.Size.wide
        let (cell, rise) = (size.width + 10, size.height + Self.heading)
        let lines = max(1, (plots.count + columns - 1) / columns)
        let (width, height) = (cell * Double(columns), rise * Double(lines))
        var contents = Markup.element("title", [("id", "title")], "Accuracy over cost")
        let left = board.board.sections.count - plots.count
        let description =
            plots.map { "\($0.table.dataset): \($0.description)" }.joined(separator: " ")
            + (left > 0 ? " \(left) further tables are not drawn." : "")
        contents += Markup.element("desc", [("id", "desc")], Markup.text(description))
        contents += Markup.element("style", [], PlotStyle.standalone)
        contents += Markup.element("rect", [("class", "paper"), ("width", "100%"), ("height", "100%")])
        for (number, plot) in plots.enumerated() {
            let x = Double(number % columns) * cell + 5, y = Double(number / columns) * rise
            let caption = FrontierPlot.shortened(plot.table.caption, to: 118)
            let heading =
                Markup.element(
                    "text",
                    [("class", "heading"), ("x", "4"), ("y", "18")],
                    Markup.text(plot.table.dataset)
                )
                + Markup.element("text", [("class", "caption"), ("x", "4"), ("y", "35")], Markup.text(caption))
            let body = Markup.element(
                "g",
                [("transform", "translate(0 \(Numbers.coordinate(Self.heading)))")],
                plot.contents
            )
            contents += Markup.element(
                "g",
                [("transform", "translate(\(Numbers.coordinate(x)) \(Numbers.coordinate(y)))")],
                heading + body
            )
        }
        if plots.isEmpty {
            contents += Markup.element(
                "text",
                [("class", "name"), ("x", "20"), ("y", "40")],
                "no row has a point to draw"
            )
        }
        let svg = Markup.element(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("viewBox", "0 0 \(Numbers.coordinate(width)) \(Numbers.coordinate(height))"),
                ("width", Numbers.coordinate(width)), ("height", Numbers.coordinate(height)), ("role", "img"),
                ("aria-labelledby", "title desc"),
            ],
            contents
        )
        return Array(("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg + "\n").utf8)
    }
}
