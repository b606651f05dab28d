import RouteGridBase

/// A board's tables for a terminal: the first rows of each, the columns that fit its width.
///
/// Files hold everything.
package struct BoardPage: Sendable {
    /// Rows of a table that are printed besides those that others are measured against.
    static let rowLimit = 10
    /// Tables that are printed.
    static let tableLimit = 12
    /// When the terminal does not say.
    static let defaultWidth = 80

    /// Every row, column and table.
    let isWhole: Bool
    let width: Int

    /// - Parameters:
    ///   - isWhole: Nothing is left out.
    ///   - width: Of the terminal, in columns; nil when it does not say.
    package init(isWhole: Bool = false, width: Int? = nil) {
        self.isWhole = isWhole
        self.width = isWhole ? .max : max(40, width ?? BoardPage.defaultWidth)
    }

    /// Tables with their captions, and what is not shown.
    package func text(_ tables: [BoardTable], bold: Bool) -> String {
        let shown = isWhole || tables.count <= Self.tableLimit + 1 ? tables[...] : tables.prefix(Self.tableLimit)
        var hidden: [String] = []
        var text = shown.map { table in
            let page = Layout(table, of: self)
            for title in page.hidden where !hidden.contains(title) { hidden.append(title) }
            return page.text(bold: bold)
        }.joined(separator: "\n")
        var rest: [String] = []
        if shown.count < tables.count { rest.append("\(tables.count - shown.count) more tables") }
        if !hidden.isEmpty { rest.append("columns without room: \(hidden.joined(separator: ", "))") }
        if shown.contains(where: { rows(of: $0).count < $0.rows.count }) {
            rest.append("rows after the first of a table")
        }
        if !rest.isEmpty {
            text +=
                "\n" + wrapped("Not shown: \(rest.joined(separator: "; ")). --all prints them; leaderboard.md has all.")
        }
        return text
    }

    /// The lines of a legend, each with the title it explains in bold first, about what some table shows.
    package func legend(_ lines: [String], of tables: [BoardTable]) -> [String] {
        let layouts = tables.map { Layout($0, of: self) }
        let hidden = Set(layouts.flatMap(\.hidden)), shown = Set(layouts.flatMap(\.shown))
        return lines.map { $0.replacing("**[low, high]**", with: "**interval**") }.filter { line in
            let parts = line.split(separator: "**", omittingEmptySubsequences: false)
            guard parts.count > 2, parts[0].isEmpty else { return true }
            return shown.contains(String(parts[1])) || !hidden.contains(String(parts[1]))
        }
    }

    /// The rows that are printed, by number.
    func rows(of table: BoardTable) -> [Int] {
        // A cut that hides a row or two saves nothing.
        guard !isWhole, table.rows.count > Self.rowLimit + 3 else { return Array(table.rows.indices) }
        return Array(0..<Self.rowLimit) + table.references.filter { $0 >= Self.rowLimit }
    }

    /// A text in lines of the page's width, broken between words, the later ones indented; each line ends with a
    /// newline.
    package func wrapped(_ text: String, indent: Int = 0) -> String {
        lines(text.split(separator: " ").map(String.init), separator: " ", indent: indent)
    }

    /// Parts in lines of the page's width.
    func lines(_ parts: [String], separator: String, indent: Int) -> String {
        var lines: [String] = []
        var line = ""
        for part in parts {
            let longer = line.isEmpty ? part : line + separator + part
            let start = lines.isEmpty ? 0 : indent
            if line.isEmpty || SafeText.width(longer) <= width - start {
                line = longer
            } else {
                lines.append(line)
                line = part
            }
        }
        lines.append(line)
        let padding = String(repeating: " ", count: indent)
        return lines.enumerated().map { $0 == 0 ? $1 : padding + $1 }
            .map { (width == .max ? $0 : SafeText.shortened($0, to: width)) + "\n" }.joined()
    }

    /// One table as it is printed.
    private struct Layout {
        private let table: BoardTable
        private let page: BoardPage
        private let rows: [Int]
        private var columns: [Int]
        private var widths: [Int]
        /// Titles of the columns that have no room.
        private(set) var hidden: [String] = []
        var shown: [String] { columns.map { table.columns[$0].title } }

        init(_ table: BoardTable, of page: BoardPage) {
            (self.table, self.page) = (table, page)
            let rows = page.rows(of: table)
            self.rows = rows
            columns = Array(table.columns.indices)
            widths = table.columns.indices.map { column in
                max(
                    SafeText.width(table.columns[column].title),
                    rows.map { SafeText.width(table.rows[$0][column]) }.max() ?? 0
                )
            }
            if !page.isWhole { fit() }
        }

        private static let gap = 2
        /// What a column of texts keeps when it is shortened.
        private static let leastText = 14
        /// What the name of a router keeps before other columns go.
        private static let leastRouter = 30

        private var total: Int { columns.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } }

        /// The router's column: it shrinks and is never left out.
        private var router: Int? {
            table.columns.firstIndex { !$0.isNumber && $0.worth == 0 }
        }

        /// Shortens texts, leaves out the columns of least worth, then shortens the router's name further.
        private mutating func fit() {
            for column in columns where !table.columns[column].isNumber && column != router {
                let least = max(Self.leastText, SafeText.width(table.columns[column].title))
                if total > page.width { widths[column] = min(widths[column], least) }
            }
            guard let router else { return }
            let natural = widths[router]
            widths[router] = min(natural, Self.leastRouter)
            var left: [Int] = []
            while total > page.width {
                let expendable = columns.filter { table.columns[$0].worth > 1 }
                guard let least = expendable.max(by: { table.columns[$0].worth < table.columns[$1].worth }) else {
                    break
                }
                columns.removeAll { $0 == least }
                left.append(least)
            }
            // What was wider than it had to be may leave room for a narrower one.
            for column in left.sorted(by: { table.columns[$0].worth < table.columns[$1].worth }) {
                columns.append(column)
                if total > page.width { columns.removeLast() }
            }
            columns.sort()
            hidden = left.filter { !columns.contains($0) }.sorted { table.columns[$0].worth < table.columns[$1].worth }
                .map { table.columns[$0].title }
            widths[router] = min(natural, max(8, widths[router] + page.width - total))
        }

        func text(bold: Bool) -> String {
            let parts = ["\(table.dataset)  \(table.captionParts.first ?? "")"] + table.captionParts.dropFirst()
            let heading = page.lines(parts, separator: " · ", indent: 2)
            var text = heading
            if bold, heading.hasPrefix(table.dataset) {
                text = "\u{1B}[1m\(table.dataset)\u{1B}[0m" + heading.dropFirst(table.dataset.count)
            }
            let verdict = page.wrapped("  \(table.verdict)", indent: 2)
            text += bold ? "\u{1B}[1m\(verdict.dropLast())\u{1B}[0m\n" : verdict
            text += page.wrapped("  \(table.trust)", indent: 2)
            if let remark = table.remark { text += page.wrapped("  \(remark)", indent: 2) }
            let titles = line(table.columns.map(\.title))
            text += (bold ? "\u{1B}[1m\(titles)\u{1B}[0m" : titles) + "\n"
            var next = 0
            for row in rows {
                if row > next { text += skipped(row - next) }
                text += line(table.rows[row]) + "\n"
                next = row + 1
            }
            if next < table.rows.count { text += skipped(table.rows.count - next) }
            return text
        }

        private func skipped(_ count: Int) -> String { "  … \(count) more row\(count == 1 ? "" : "s")\n" }

        private func line(_ cells: [String]) -> String {
            var text = ""
            for (place, column) in columns.enumerated() {
                let cell = page.isWhole ? cells[column] : SafeText.shortened(cells[column], to: widths[column])
                let padding = String(repeating: " ", count: max(0, widths[column] - SafeText.width(cell)))
                if place > 0 { text += String(repeating: " ", count: Self.gap) }
                text += table.columns[column].isNumber ? padding + cell : cell + padding
            }
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
    }
}
