import RouteGridBase

/// One section as a table of texts: the same for a terminal and for Markdown.
package struct BoardTable: Codable, Sendable {
    package struct Column: Codable, Sendable {
        package let title: String
        package let isNumber: Bool
    }

    /// The dataset's name.
    package let dataset: String
    /// The split, part, size and rule, in one line.
    package let caption: String
    package private(set) var columns: [Column] = []
    package private(set) var rows: [[String]] = []

    /// How much of a row is shown.
    package enum Detail: Sendable {
        /// For a terminal: the interval of the ranking metric alone.
        case brief
        /// For a page: every metric with its interval.
        case full
    }

    init(_ section: BoardSection, metrics: [BoardMetric], mode: String, detail: Detail) {
        dataset = section.key.dataset
        caption = BoardTable.caption(section, mode: mode)
        rows = section.rows.map { _ in [] }
        let all = section.rows
        let ranking = Leaderboard.rankingMetric(mode: mode)
        if all.contains(where: { $0.standing != nil }) {
            add("rank", isNumber: true, all) { $0.standing.map { BoardTable.range($0.rank) } ?? "–" }
            add("tie", all) { $0.standing.map { BoardTable.letters($0.tie) } ?? "–" }
        } else {
            add("#", isNumber: true, all) { $0.place.map(String.init) ?? "–" }
        }
        add("router", all) { RowLabels(row: $0).router(among: all) }
        for axis in BoardTable.axes { addIfVaried(axis.title, all, axis.text) }
        for metric in metrics where all.contains(where: { $0.metrics[metric.name] != nil }) {
            add(metric, withInterval: detail == .full, all)
            guard metric.name == ranking else { continue }
            if detail == .brief { addInterval(of: metric, all) }
            addIfAny("sd", isNumber: true, all) { $0.metrics[ranking]?["sd"]?.numberValue.map(metric.text) }
            addIfAny("MDE", isNumber: true, all) { $0.standing?.detectable.map(metric.text) }
        }
        addIfAny("chosen", all) { $0.selection?.words }
        addIfAny("chosen of", isNumber: true, all) { $0.selection.map { String($0.competing) } }
        if detail == .full { add("points", isNumber: true, all) { $0.hasRecord ? String($0.pointCount) : "–" } }
        addIfVaried("n", isNumber: true, all) { $0.itemCount.map(String.init) }
        // What every row of a board says is said once, above it.
        addIfAny("flags", all) { row in
            let flags = row.flags.filter { $0 != .unsealed }.map(\.rawValue)
            return flags.isEmpty ? nil : flags.joined(separator: ", ")
        }
    }

    /// `3` or `1–4`.
    private static func range(_ ranks: ClosedRange<Int>) -> String {
        ranks.count == 1 ? String(ranks.lowerBound) : "\(ranks.lowerBound)–\(ranks.upperBound)"
    }

    /// 1, 2, … as a, b, …, z, aa, ab, ….
    private static func letters(_ number: Int) -> String {
        let rest = (number - 1) / 26
        let last = String(UnicodeScalar(UInt8(ascii: "a") + UInt8((number - 1) % 26)))
        return rest > 0 ? letters(rest) + last : last
    }

    private mutating func add(_ metric: BoardMetric, withInterval: Bool, _ all: [BoardRow]) {
        let isDollars = BoardTable.isDollars(metric, all)
        add(isDollars ? "$/1K" : metric.title, isNumber: true, all) { row in
            let factor = isDollars ? 1_000.0 : 1
            let value = metric.text(row.value(metric.name).map { $0 * factor })
            guard withInterval, let interval = row.interval(metric.name) else { return value }
            return "\(value) [\(metric.text(interval.low * factor)), \(metric.text(interval.high * factor))]"
        }
    }

    private mutating func addInterval(of metric: BoardMetric, _ all: [BoardRow]) {
        let factor = BoardTable.isDollars(metric, all) ? 1_000.0 : 1
        addIfAny("interval", isNumber: true, all) { row in
            row.interval(metric.name).map { "\(metric.text($0.low * factor))–\(metric.text($0.high * factor))" }
        }
    }

    private static func isDollars(_ metric: BoardMetric, _ all: [BoardRow]) -> Bool {
        metric.form == .amount && all.contains { $0.costUnit == "USD" }
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

    private mutating func addIfAny(
        _ title: String,
        isNumber: Bool = false,
        _ all: [BoardRow],
        _ text: (BoardRow) -> String?
    ) {
        guard all.contains(where: { text($0) != nil }) else { return }
        add(title, isNumber: isNumber, all) { text($0) ?? "" }
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
    private static let axes: [(title: String, text: @Sendable (BoardRow) -> String?)] = [
        ("modality", { RowLabels(row: $0).modality }), ("encoder", { RowLabels(row: $0).namedEncoder }),
        ("fusion", { RowLabels(row: $0).fusion }), ("seeds", { $0.seeds.isEmpty ? nil : RowLabels.numbers($0.seeds) }),
        ("budgets", { RowLabels(row: $0).budgets }), ("λ", { RowLabels(row: $0).lambda }),
    ]

    private static func caption(_ section: BoardSection, mode: String) -> String {
        guard let first = section.rows.first else { return "" }
        var parts = ["mode \(mode)", "split \(RowLabels(row: first).shortSplit)"]
        if section.key.splits != [0] {
            let isMean = section.key.splits.count > 1
            parts.append((isMean ? "mean of splits " : "index ") + RowLabels.numbers(section.key.splits))
        }
        if let pool = RowLabels(row: first).pool { parts.append("models \(pool)") }
        let sizes = Set(section.rows.compactMap(\.itemCount))
        if let size = sizes.first, sizes.count == 1 {
            parts.append("part \(section.key.part), n = \(size)")
        } else {
            parts.append("part \(section.key.part)")
        }
        let isWhole = section.key.curve == .exact && section.key.rule != "soft-label"
        parts.append("rule \(section.key.rule)" + (isWhole ? ", every operating point" : ""))
        for axis in axes {
            let found = Set(section.rows.compactMap(axis.text))
            if let text = found.first, found.count == 1 { parts.append("\(axis.title) \(text)") }
        }
        if let twins = section.rows.map(\.twinCount).max(), twins > 0 { parts.append("\(twins) items with twins") }
        if let reads = section.rows.compactMap(\.testReads).max() {
            parts.append("test read by \(reads) configuration\(reads == 1 ? "" : "s") so far")
        }
        if let earlier = section.key.earlier { parts.append("recorded under \(earlier)") }
        if let unit = first.costUnit { parts.append("costs in \(unit)") }
        if section.rows.contains(where: { $0.flags.contains(.unsealed) }) { parts.append("unsealed") }
        return parts.joined(separator: " · ")
    }
}

extension Leaderboard {
    /// One table a section.
    package func tables(_ detail: BoardTable.Detail) -> [BoardTable] {
        let shown = BoardMetric.shown(mode: mode, detail: detail)
        let metrics = BoardMetric.columns(of: rows).filter { shown.contains($0.name) }
        return sections.map { BoardTable($0, metrics: metrics, mode: mode, detail: detail) }
    }
}
