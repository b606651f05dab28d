import Aggregator
import Foundation
import Grid
import RouteGridBase

/// `report.html`: a board for people, one file that asks the network for nothing.
struct ReportPage {
    private let board: ReportBoard

    init(_ board: ReportBoard) { self.board = board }

    var bytes: [UInt8] { Array(text.utf8) }

    private var text: String {
        let style = PageStyle.text
        let script = PageScript.text
        let policy =
            "default-src 'none'; script-src '\(Self.hash(script))'; style-src '\(Self.hash(style))'; img-src data:; "
            + "base-uri 'none'; form-action 'none'"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(Markup.text(board.title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <a class="skip" href="#main">To the verdict</a>
            <header class="top"><h1>\(Markup.text(board.title))</h1>
            <div class="bar needs-js"><button type="button" id="theme">Dark</button>
            <button type="button" id="reset">Reset view</button></div></header>
            <main id="main">
            \(introduction)
            \(board.tables.map { TableSection($0).html }.joined(separator: "\n"))
            \(HeatMap(board).html)
            \(Provenance(board).html)
            </main>
            <footer>Made by \(Markup.text(Version.build)) from \(board.board.recordCount) records; the same records give the same bytes.</footer>
            <div id="live" class="quiet" aria-live="polite"></div>
            <script type="application/json" id="data">\(PageData(board).json)</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    /// As a content security policy names a script or style.
    static func hash(_ text: String) -> String {
        "sha256-" + Data(Digest(hashing: text.utf8).bytes).base64EncodedString()
    }

    // MARK: Above all tables

    private var introduction: String {
        let count = board.tables.count + board.hiddenTables
        let rows = board.board.rows.count
        var out =
            "<p class=\"meta\">\(rows) row\(rows == 1 ? "" : "s") in \(count) table\(count == 1 ? "" : "s"), mode "
        out += "\(Markup.text(board.board.mode)), numerics \(Markup.text(board.board.numerics)). "
        out += "Beside this file: <a href=\"leaderboard.md\">leaderboard.md</a>, <a href=\"leaderboard.csv\">.csv</a>, "
        out += "<a href=\"leaderboard.json\">.json</a>, <a href=\"frontier.csv\">frontier.csv</a>, "
        out += "<a href=\"frontier.svg\">frontier.svg</a>, <a href=\"comparisons.csv\">comparisons.csv</a>, "
        out += "<a href=\"slices.csv\">slices.csv</a>.</p>\n"
        for warning in warnings { out += "<p class=\"warning\">\(Markup.text(warning))</p>\n" }
        guard count > 1 else { return out }
        out += "<nav aria-label=\"Tables\"><ul class=\"toc\">\n"
        for table in board.tables {
            out += "<li><a href=\"#\(table.identity)\">\(Markup.text(table.dataset))</a>\(telling(table)): "
            out += "\(Markup.text(table.verdict.text))</li>\n"
        }
        out += "</ul></nav>\n"
        out += "<p class=\"note\">A verdict's bounds fail for at most \(error) of such tables; "
        out += "verdicts of several tables are not adjusted for each other."
        if board.hiddenTables > 0 { out += " \(board.hiddenTables) more tables are in leaderboard.md." }
        return out + "</p>\n"
    }

    /// What tells tables of one dataset apart: the parts of their captions that not all of them have.
    private func telling(_ table: ReportTable) -> String {
        let others = board.tables.filter { $0.dataset == table.dataset }
        guard others.count > 1 else { return "" }
        let parts = table.captionParts.filter { part in !others.allSatisfy { $0.captionParts.contains(part) } }
        return parts.isEmpty ? "" : " <span class=\"meta\">\(Markup.text(parts.joined(separator: " · ")))</span>"
    }

    /// `5 %`.
    private var error: String {
        String(format: "%g %%", (board.board.statistics?.alpha ?? 0.05) * 100)
    }

    private var warnings: [String] {
        let shown = board.board
        var out: [String] = []
        if shown.incompleteCount > 0 { out.append("\(shown.incompleteCount) rows lack records: they have no place.") }
        out += shown.notes.map { "Note: \($0)." }
        out += shown.unmade.prefix(20).map { "Nothing selected for \($0)." }
        out += shown.leftOut.prefix(20).map { "Left out: \($0.text)." }
        out += shown.remarks.map { "No intervals where \($0)." }
        return out
    }
}
