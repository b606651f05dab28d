import RouteGridBase

/// One section as a table of texts: the same for a terminal and for Markdown.
package struct BoardTable: Sendable {
    package struct Column: Sendable {
        package let title: String
        package let isNumber: Bool
    }

    /// The dataset's name.
    package let dataset: String
    /// The split, part, size and rule, in one line.
    package let caption: String
    package private(set) var columns: [Column] = []
    package private(set) var rows: [[String]] = []

    init(_ section: BoardSection, metrics: [BoardMetric], mode: String) {
        dataset = section.key.dataset
        caption = BoardTable.caption(section, mode: mode)
        rows = section.rows.map { _ in [] }
        let all = section.rows
        add("#", isNumber: true, all) { $0.place.map(String.init) ?? "–" }
        add("router", all) { RowLabels(row: $0).router(among: all) }
        for name in BoardTable.axes { addIfVaried(name.title, all) { name.text(RowLabels(row: $0)) } }
        for metric in metrics where all.contains(where: { $0.metrics[metric.name] != nil }) {
            let isDollars = metric.form == .amount && all.contains { $0.costUnit == "USD" }
            add(isDollars ? "$/1K" : metric.title, isNumber: true, all) { row in
                let value = row.value(metric.name)
                return metric.text(isDollars ? value.map { $0 * 1_000 } : value)
            }
        }
        add("points", isNumber: true, all) { $0.hasRecord ? String($0.points.count) : "–" }
        addIfVaried("n", isNumber: true, all) { $0.itemCount.map(String.init) }
        // What every row of a board says is said once, above it.
        addIfAny("flags", all) { row in
            let flags = row.flags.filter { $0 != .unsealed }.map(\.rawValue)
            return flags.isEmpty ? nil : flags.joined(separator: ", ")
        }
    }

    private mutating func add(
        _ title: String,
        isNumber: Bool = false,
        _ all: [BoardRow],
        _ text: (BoardRow) -> String
    ) {
        columns.append(Column(title: title, isNumber: isNumber))
        for (index, row) in all.enumerated() { rows[index].append(text(row)) }
    }

    private mutating func addIfAny(_ title: String, _ all: [BoardRow], _ text: (BoardRow) -> String?) {
        guard all.contains(where: { text($0) != nil }) else { return }
        add(title, all) { text($0) ?? "" }
    }

    private mutating func addIfVaried(
        _ title: String,
        isNumber: Bool = false,
        _ all: [BoardRow],
        _ text: (BoardRow) -> String?
    ) {
        guard Set(all.compactMap(text)).count > 1 else { return }
        add(title, isNumber: isNumber, all) { text($0) ?? "" }
    }

    /// What rows may differ in besides the router: a column when they do, else a part of the caption.
    private static let axes: [(title: String, text: @Sendable (RowLabels) -> String?)] = [
        ("modality", { $0.modality }), ("encoder", { $0.namedEncoder }), ("fusion", { $0.fusion }),
        ("seed", { $0.seed }),
        ("budgets", { $0.budgets }),
    ]

    private static func caption(_ section: BoardSection, mode: String) -> String {
        guard let first = section.rows.first else { return "" }
        var parts = ["mode \(mode)", "split \(RowLabels(row: first).shortSplit)"]
        if let pool = RowLabels(row: first).pool { parts.append("models \(pool)") }
        let sizes = Set(section.rows.compactMap(\.itemCount))
        if let size = sizes.first, sizes.count == 1 {
            parts.append("part \(section.key.part), n = \(size)")
        } else {
            parts.append("part \(section.key.part)")
        }
        parts.append("rule \(section.key.rule)" + (section.key.curve == .exact ? ", every operating point" : ""))
        for axis in axes {
            let found = Set(section.rows.compactMap { axis.text(RowLabels(row: $0)) })
            if let text = found.first, found.count == 1 { parts.append("\(axis.title) \(text)") }
        }
        if let unit = first.costUnit { parts.append("costs in \(unit)") }
        if section.rows.contains(where: { $0.flags.contains(.unsealed) }) { parts.append("unsealed") }
        return parts.joined(separator: " · ")
    }
}

extension Leaderboard {
    /// One table a section.
    package var tables: [BoardTable] {
        let metrics = BoardMetric.columns(of: rows).filter { BoardMetric.shown.contains($0.name) }
        return sections.map { BoardTable($0, metrics: metrics, mode: mode) }
    }
}
