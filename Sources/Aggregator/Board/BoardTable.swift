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
        addIfAny("modality", all) { RowLabels(row: $0).modality }
        addIfVaried("encoder", all) { RowLabels(row: $0).encoder }
        addIfAny("fusion", all) { RowLabels(row: $0).fusion }
        addIfVaried("seed", all) { RowLabels(row: $0).seed }
        if section.key.curve == .listed { add("budgets", all) { RowLabels(row: $0).budget } }
        for metric in metrics where all.contains(where: { $0.metrics[metric.name] != nil }) {
            add(metric.title, isNumber: true, all) { metric.text($0.value(metric.name)) }
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

    private static func caption(_ section: BoardSection, mode: String) -> String {
        let first = section.rows.first
        var parts = [
            "mode \(mode)", "split " + (first.map { RowLabels(row: $0).split } ?? ""), "part \(section.key.part)",
        ]
        if let pool = first.flatMap({ RowLabels(row: $0).pool }) { parts.append("models \(pool)") }
        let sizes = Set(section.rows.compactMap(\.itemCount))
        if let size = sizes.first, sizes.count == 1 { parts.append("n = \(size)") }
        parts.append(
            "rule \(section.key.rule)" + (section.key.curve == .exact ? ", every operating point" : ", listed budgets")
        )
        let seeds = Set(section.rows.compactMap { RowLabels(row: $0).seed })
        if let seed = seeds.first, seeds.count == 1 { parts.append("seed \(seed)") }
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
