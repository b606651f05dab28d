import Aggregator
import Catalog
import RouteGridBase

/// One table of a report: verdict, plots, what a wrong answer costs, rows.
struct TableSection {
    private let table: ReportTable

    init(_ table: ReportTable) { self.table = table }

    var html: String {
        """
        <section class="table" id="\(table.identity)" aria-labelledby="\(table.identity)-name">
        <h2 id="\(table.identity)-name">\(Markup.text(table.dataset))</h2>
        <p class="caption">\(Markup.text(table.caption))</p>
        \(verdict)
        \(table.remark.map { "<p class=\"note\">\(Markup.text($0)).</p>" } ?? "")
        \(frontier)
        \(ranks)
        \(PairSection(table).html)
        \(BillSection(table).html)
        \(RoutingSection(table).html)
        \(SliceSection(table).html)
        \(RowTable(table).html)
        \(SelectionSection(table).html)
        </section>
        """
    }

    private var verdict: String {
        let kind = table.verdict.kind
        let checks = table.verdict.trust.map { check in
            "<li\(check.isFine ? "" : " class=\"bad\"")><b aria-hidden=\"true\">\(check.isFine ? "✓" : "!")</b>"
                + "<span class=\"quiet\">\(check.isFine ? "fine:" : "mind:")</span> \(Markup.text(check.text))</li>"
        }
        return """
            <div class="verdict \(kind.rawValue)"><span class="badge">\(Self.words(kind))</span>
            <p class="say">\(Markup.text(table.verdict.text))</p>
            <p class="meta">Can you trust this?</p>
            <ul class="trust">\(checks.joined())</ul></div>
            """
    }

    private static func words(_ kind: Verdict.Kind) -> String {
        switch kind {
        case .better: "Better"
        case .cheaper: "Cheaper at equal quality"
        case .tied: "Tied"
        case .tooFew: "Cannot separate"
        }
    }

    // MARK: Plots

    /// An `svg` element of one of the two sizes.
    private func picture(
        _ size: FrontierPlot.Size,
        height: Double,
        _ kind: String,
        _ description: String,
        _ contents: String,
        scales: String? = nil
    )
        -> String
    {
        let name = "\(table.identity)-\(kind)-\(size == .wide ? "w" : "n")"
        let box = "0 0 \(Numbers.coordinate(size.width)) \(Numbers.coordinate(height))"
        let title = kind == "plot" ? "Accuracy over cost" : "Routers against the best single model"
        return Markup.element(
            "svg",
            [
                ("class", size == .wide ? "wide" : "narrow"), ("viewBox", box), ("role", "group"),
                ("aria-labelledby", "\(name)-t \(name)-d"), ("data-scales", scales),
            ],
            Markup.element("title", [("id", "\(name)-t")], title)
                + Markup.element("desc", [("id", "\(name)-d")], Markup.text(description)) + contents
        )
    }

    private var frontier: String {
        let wide = FrontierPlot(table, size: .wide, isOnPage: true)
        let narrow = FrontierPlot(table, size: .narrow, isOnPage: true)
        guard !wide.isEmpty else { return "<p class=\"note\">No row has a point to draw.</p>" }
        let pictures = [wide, narrow].map { plot in
            picture(plot.size, height: plot.size.height, "plot", plot.description, plot.contents, scales: plot.scales)
        }
        let more = wide.leftOut > 0 ? " \(wide.leftOut) further rows are in the table only." : ""
        return """
            <h3>Accuracy and cost</h3>
            <figure class="frontier">\(pictures.joined())
            \(legend(wide))
            <figcaption>Each point is a budget. Hollow: another point here is cheaper and more accurate. Vertical lines: the
            interval of a row by itself at its largest budget; what the rows show of each other is in the verdict.\(more)</figcaption>
            </figure>
            """
    }

    private func legend(_ plot: FrontierPlot) -> String {
        let items = plot.legend.map { series -> String in
            let style =
                series.role == .router
                ? "series c\(series.style % 8) d\(series.style / 8 % 3)" : "series \(series.role.rawValue)"
            let line =
                series.role == .single
                ? "" : Markup.element("path", [("class", "line"), ("d", "M1 6L25 6")])
            let point =
                series.role == .single
                ? Markup.element(
                    "rect",
                    [("class", "pt"), ("x", "9.5"), ("y", "2.5"), ("width", "7"), ("height", "7")]
                ) : Markup.element("circle", [("class", "pt"), ("cx", "13"), ("cy", "6"), ("r", "3.5")])
            let swatch = Markup.element(
                "svg",
                [("viewBox", "0 0 26 12"), ("class", style), ("aria-hidden", "true")],
                line + point
            )
            let box = Markup.element(
                "input",
                [
                    ("type", "checkbox"), ("name", table.identity), ("value", "\(series.row.number)"),
                    ("checked", series.isOn ? "checked" : nil), ("data-router", series.role == .router ? "" : nil),
                ]
            )
            let more = series.isOn ? "" : " class=\"needs-js\""
            return "<li\(more)><label>\(box)\(swatch)<span>\(Markup.text(series.row.label))</span></label></li>"
        }
        return "<ul class=\"legend\" aria-label=\"Rows drawn\">\(items.joined())</ul>"
    }

    private var ranks: String {
        guard let wide = RankPlot(table, size: .wide), let narrow = RankPlot(table, size: .narrow) else { return "" }
        let pictures =
            picture(.wide, height: wide.height, "ranks", wide.description, wide.contents)
            + picture(.narrow, height: narrow.height, "ranks", narrow.description, narrow.contents)
        let more = wide.leftOut > 0 ? " \(wide.leftOut) further routers are not drawn." : ""
        let ranking = MetricDescriptor.named(table.ranking)?.title ?? table.ranking
        return """
            <h3>Is a router better than the best single model?</h3>
            <figure class="ranks">\(pictures)
            <figcaption>Test accuracy at the point that was best on dev, less the best single model's. The intervals hold for all
            routers of the table at once: one that lies right of 0 shows a better router, whichever you pick. Rank and tie are of
            \(Markup.text(ranking)); colours are tie groups.\(more)</figcaption>
            </figure>
            """
    }
}
