/// A page of text and tables in the style of a report: one file, no script, nothing from the network.
package struct PlainPage: Sendable {
    private let title: String
    private let contents: String
    private let footer: String
    private let head: String

    /// - Parameters:
    ///   - title: A text.
    ///   - contents: Markup.
    ///   - footer: A text.
    ///   - head: Further markup for the head, such as links.
    package init(title: String, contents: String, footer: String = "", head: String = "") {
        (self.title, self.contents, self.footer, self.head) = (title, contents, footer, head)
    }

    /// Text as contents of an element or as an attribute.
    package static func escaped(_ text: String) -> String { Markup.text(text) }

    /// A table; cells are markup.
    ///
    /// - Parameters:
    ///   - columns: Titles; one that begins with `>` is of numbers.
    ///   - rows: Each as many cells as there are columns.
    /// - Returns: Markup.
    package static func table(_ columns: [String], _ rows: [[String]]) -> String {
        let numbers = columns.map { $0.hasPrefix(">") }
        let heads = columns.map {
            "<th scope=\"col\">\(Markup.text($0.hasPrefix(">") ? String($0.dropFirst()) : $0))</th>"
        }
        let lines = rows.map { row in
            "<tr>" + zip(row, numbers).map { $1 ? "<td class=\"n\">\($0)</td>" : "<td>\($0)</td>" }.joined() + "</tr>\n"
        }
        return
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table><thead><tr>\(heads.joined())"
            + "</tr></thead><tbody>\n\(lines.joined())</tbody></table></div>\n"
    }

    /// A conclusion in a box.
    ///
    /// - Parameters:
    ///   - style: `better`, `tied` or `too_few`: what the edge's colour says.
    ///   - badge: A word.
    ///   - text: A sentence.
    ///   - more: Markup below it.
    /// - Returns: Markup.
    package static func verdict(_ style: String, _ badge: String, _ text: String, _ more: String = "") -> String {
        "<div class=\"verdict \(style)\"><span class=\"badge\">\(Markup.text(badge))</span>"
            + "<p class=\"say\">\(Markup.text(text))</p>\(more)</div>\n"
    }

    /// UTF-8 text.
    package var bytes: [UInt8] {
        let style = PageStyle.text + PageStyle.plain
        let policy =
            "default-src 'none'; style-src '\(ReportPage.hash(style))'; img-src data:; base-uri 'none'; form-action 'none'"
        let text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(Markup.text(title))</title>
            \(head)<style>\(style)</style>
            </head>
            <body>
            <header class="top"><h1>\(Markup.text(title))</h1></header>
            <main id="main">
            \(contents)</main>
            <footer>\(Markup.text(footer))</footer>
            </body>
            </html>

            """
        return Array(text.utf8)
    }
}
