import RouteGridBase

/// Aligned columns for a terminal; control characters in cells are shown, not interpreted.
struct TextTable {
    enum Alignment { case left, right }

    struct Column {
        var title: String
        var alignment: Alignment
    }

    let columns: [Column]
    private var rows: [[String]] = []

    /// - Parameter columns: Titles; one that starts with `>` is aligned to the right.
    init(_ columns: String...) { self.init(columns) }

    init(_ columns: [String]) {
        self.columns = columns.map { title in
            title.hasPrefix(">")
                ? Column(title: String(title.dropFirst()), alignment: .right)
                : Column(title: title, alignment: .left)
        }
    }

    /// Adds a row; cells that are not given stay empty.
    mutating func add(_ cells: String...) { add(cells) }

    mutating func add(_ cells: [String]) {
        precondition(cells.count <= columns.count, "\(cells.count) cells in \(columns.count) columns")
        rows.append(cells.map(SafeText.line) + Array(repeating: "", count: columns.count - cells.count))
    }

    /// The same table with the last column broken at spaces, so that a line has at most some characters.
    ///
    /// The lines that a cell needs follow it with empty cells before them; a word that is too long stays whole.
    func wrapped(to width: Int = 80) -> TextTable {
        let last = columns.count - 1
        let before = columns.indices.dropLast().reduce(0) { sum, index in
            sum + 2 + max(SafeText.width(columns[index].title), rows.map { SafeText.width($0[index]) }.max() ?? 0)
        }
        var table = TextTable(columns.map(\.title))
        for row in rows {
            let lines = Self.lines(of: row[last], width: max(20, width - before))
            table.add(row.dropLast() + [lines[0]])
            for line in lines.dropFirst() { table.add(Array(repeating: "", count: last) + [line]) }
        }
        return table
    }

    /// Some text in lines of at most so many characters; at least one line.
    static func lines(of text: String, width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let longer = lines[lines.count - 1].isEmpty ? String(word) : lines[lines.count - 1] + " " + word
            if SafeText.width(longer) <= width || lines[lines.count - 1].isEmpty {
                lines[lines.count - 1] = longer
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    /// The lines, each ended by a newline; no trailing spaces.
    func rendered(bold: Bool = false) -> String {
        let widths = columns.indices.map { index in
            max(SafeText.width(columns[index].title), rows.map { SafeText.width($0[index]) }.max() ?? 0)
        }
        let heading = line(columns.map(\.title), widths)
        let body = rows.map { line($0, widths) + "\n" }.joined()
        return (bold ? "\u{1B}[1m\(heading)\u{1B}[0m" : heading) + "\n" + body
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var text = ""
        for index in columns.indices {
            let padding = String(repeating: " ", count: max(0, widths[index] - SafeText.width(cells[index])))
            if index > 0 { text += "  " }
            text += columns[index].alignment == .right ? padding + cells[index] : cells[index] + padding
        }
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
