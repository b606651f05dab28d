package import Aggregator
import Catalog
import RouteGridBase
import Scoring

extension PlainPage {
    /// Two rows on one page.
    package static func page(of comparison: RowComparison) -> PlainPage {
        let (a, b) = (comparison.first.name, comparison.second.name)
        let isShown = comparison.metrics.first?.interval.map { $0.low > 0 || $0.high < 0 } ?? false
        var contents = "<p><b>A</b> \(escaped(a.name)) <span class=\"quiet\">(\(escaped(a.slug)))</span><br/>"
        contents += "<b>B</b> \(escaped(b.name)) <span class=\"quiet\">(\(escaped(b.slug)))</span></p>\n"
        contents += verdict(isShown ? "better" : "tied", isShown ? "difference" : "no difference", comparison.summary)
        contents += "<h2>Metrics</h2>\n"
        contents += table(
            ["metric", ">A", ">B", ">A − B", ">p"],
            comparison.metrics.map { metric in
                [
                    escaped(metric.metric.descriptor.title), escaped(RowComparison.text(metric.first, metric.metric)),
                    escaped(RowComparison.text(metric.second, metric.metric)), escaped(comparison.text(metric)),
                    metric.pValue.map { escaped(RowComparison.pText($0)) } ?? "–",
                ]
            }
        )
        if let equal = comparison.equalBudget { contents += section(equal, comparison.costUnit) }
        contents +=
            "<ul class=\"plain note\">" + comparison.method.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>\n"
        return PlainPage(title: "Comparison of two rows", contents: contents, footer: "A less B throughout.")
    }

    private static func section(_ equal: EqualBudget, _ unit: String?) -> String {
        func share(_ value: Double) -> String { Numbers.fixed(value, 4) }
        func signed(_ value: Double) -> String { Numbers.fixed(value, 4, signed: true) }
        let unit = unit.map { " \($0)" } ?? ""
        var out = "<h2>At equal budget</h2>\n<p class=\"meta\">Mean cost of a query at most "
        out += "\(Numbers.short(equal.budget))\(escaped(unit)): A \(share(equal.first.accuracy)) at "
        out += "\(Numbers.short(equal.first.cost)), B \(share(equal.second.accuracy)) at "
        out += "\(Numbers.short(equal.second.cost)).</p>\n"
        if let counts = equal.counts {
            out += table(
                ["", ">B right", ">B wrong"],
                [
                    ["A right", "\(counts.both)", "\(counts.onlyFirst)"],
                    ["A wrong", "\(counts.onlySecond)", "\(counts.neither)"],
                ]
            )
        }
        let difference = signed(equal.first.accuracy - equal.second.accuracy)
        let bounds = equal.interval.map { " [\(signed($0.low)), \(signed($0.high))]" } ?? ""
        let test = equal.isExact ? "McNemar, exact" : "clustered bootstrap, because \(equal.remark ?? "")"
        out += "<p>Accuracy \(difference)\(bounds); p = \(RowComparison.pText(equal.pValue)) (\(escaped(test))).</p>\n"
        if !equal.slices.isEmpty {
            out += "<h3>Where they differ</h3>\n"
            out += table(
                ["slice", ">items", ">A", ">B", ">A − B"],
                equal.slices.map { slice in
                    [
                        escaped(slice.name), "\(slice.count)", share(slice.first.accuracy),
                        share(slice.second.accuracy),
                        "\(signed(slice.first.accuracy - slice.second.accuracy)) "
                            + "[\(signed(slice.interval.low)), \(signed(slice.interval.high))]",
                    ]
                }
            )
        }
        if !equal.items.isEmpty {
            out += "<h3>Items with the largest effect</h3>\n"
            out += table(
                ["item", ">A", ">B", ">cost A", ">cost B", "question"],
                equal.items.map { item in
                    [
                        escaped(item.id), Numbers.short(item.first.accuracy),
                        Numbers.short(item.second.accuracy), Numbers.short(item.first.cost),
                        Numbers.short(item.second.cost), escaped(item.question ?? ""),
                    ]
                }
            )
        }
        return out
    }
}
