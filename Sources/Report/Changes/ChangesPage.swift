package import Aggregator
import RouteGridBase

extension PlainPage {
    /// `changes.html`: what became of each row of a board.
    package static func page(of changes: BoardChanges) -> PlainPage {
        let worse = changes.rows.count(where: \.isShownWorse)
        let style = worse > 0 ? "too_few" : changes.notable.isEmpty ? "better" : "tied"
        let badge = worse > 0 ? "worse" : changes.notable.isEmpty ? "unchanged" : "changed"
        var contents = verdict(style, badge, changes.summary)
        if !changes.notable.isEmpty {
            contents += table(
                ["class", "row", "metric", ">was", ">is", ">difference", "rank", "why"],
                changes.notable.map { row in
                    let texts = [
                        row.kind.words, row.name.name, row.metric, row.text(row.oldValue), row.text(row.newValue),
                        row.differenceText, row.rankText, row.why,
                    ]
                    let cells = texts.map(escaped)
                    return row.isShownWorse
                        ? ["<span class=\"worse\">\(cells[0])</span>"] + cells.dropFirst() : cells
                }
            )
        }
        let same = changes.rows.filter { $0.kind == .unchanged }
        if !same.isEmpty {
            contents +=
                "<details><summary>\(same.count) unchanged: equal bytes</summary><p class=\"note\">"
                + same.map { escaped($0.name.name) }.joined(separator: "; ") + "</p></details>\n"
        }
        contents += "<ul class=\"plain note\">" + changes.method.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>\n"
        return PlainPage(
            title: "Changes of a board",
            contents: contents,
            footer: "From \(changes.digests.old.hex.prefix(12))… to \(changes.digests.new.hex.prefix(12))…"
        )
    }
}
