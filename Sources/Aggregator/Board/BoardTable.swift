import RouteGridBase

/// One section as a table of texts: the same for a terminal and for Markdown.
package struct BoardTable: Codable, Sendable {
    package struct Column: Codable, Sendable {
        package let title: String
        package let isNumber: Bool
        /// Where a page is narrow, columns of the least worth go first; those of worth 0 only shrink.
        package let worth: Int
    }

    /// The dataset's name.
    package let dataset: String
    /// What the table is about, in parts that lines may be broken between.
    package let captionParts: [String]
    package var caption: String { captionParts.joined(separator: " · ") }
    /// Why the rows are not ordered by the board's own metric.
    package let remark: String?
    /// The conclusion of the table, in a sentence or two.
    package let verdict: String
    /// Whether it can be trusted, in one line.
    package let trust: String
    package private(set) var columns: [Column] = []
    package private(set) var rows: [[String]] = []
    /// Rows that a shortened table shows besides the first: what others are measured against.
    package let references: [Int]

    /// How much of a row is shown.
    package enum Detail: Sendable {
        /// For a terminal: the interval of the ranking metric alone.
        case brief
        /// For a page: every metric with its interval.
        case full
    }

    init(
        _ section: BoardSection,
        caption: [String],
        verdict: Verdict,
        metrics: [BoardMetric],
        detail: Detail
    ) {
        dataset = SafeText.line(section.key.dataset)
        captionParts = caption
        remark = section.ranking.why
        self.verdict = SafeText.line(verdict.text)
        trust = SafeText.line(detail == .brief ? verdict.briefTrustLine : verdict.trustLine)
        let all = section.rows
        rows = all.map { _ in [] }
        references = all.indices.filter { ["best-single", "cheapest", "oracle"].contains(all[$0].routerKind) }
        let scope = BoardColumns.Scope(all, detail)
        for column in BoardColumns.columns { add(column, scope) }
        addMetrics(metrics, ranking: section.ranking.metric, detail, all)
        for column in BoardColumns.lastColumns { add(column, scope) }
    }

    /// A table of texts that is of no one section.
    init(
        dataset: String,
        caption: [String],
        verdict: String,
        trust: String,
        columns: [Column],
        rows: [[String]],
        references: [Int]
    ) {
        (self.dataset, captionParts, remark, self.references) = (dataset, caption, nil, references)
        (self.verdict, self.trust) = (SafeText.line(verdict), SafeText.line(trust))
        (self.columns, self.rows) = (columns, rows)
    }

    private mutating func add(_ column: BoardColumns.Column, _ scope: BoardColumns.Scope) {
        guard column.isShown(scope) else { return }
        let texts = scope.rows.map { column.text($0, scope) }
        switch column.condition {
        case .always: break
        case .any: guard texts.contains(where: { $0 != nil }) else { return }
        case .varied: guard Set(texts.compactMap { $0 }).count > 1 else { return }
        }
        columns.append(Column(title: column.title, isNumber: column.isNumber, worth: column.worth))
        for (index, text) in texts.enumerated() { rows[index].append(SafeText.line(text ?? "")) }
    }

    private mutating func addMetrics(_ metrics: [BoardMetric], ranking: String, _ detail: Detail, _ all: [BoardRow]) {
        let decisive = metrics.filter { $0.name == ranking }
        for metric in decisive + metrics.filter({ $0.name != ranking })
        where all.contains(where: { $0.metrics[metric.name] != nil }) {
            let isDecisive = metric.name == ranking
            // A terminal has no room for columns without a value; files keep them for their reasons.
            if detail == .brief, !isDecisive, !all.contains(where: { $0.value(metric.name) != nil }) { continue }
            add(metric, withInterval: detail == .full, worth: isDecisive ? 0 : metric.worth, all)
            guard isDecisive else { continue }
            if detail == .brief { addInterval(of: metric, all) }
            addIfAny("sd", isNumber: true, worth: 50, all) { $0.metrics[ranking]?["sd"]?.numberValue.map(metric.text) }
            guard all.contains(where: { $0.standing?.detectable != nil }) else { continue }
            add("MDE", isNumber: true, worth: 45, all) { metric.text($0.standing?.detectable) }
        }
    }

    /// What all rows with a record are flagged with.
    static func sharedFlags(_ rows: [BoardRow]) -> [BoardFlag] {
        let known = rows.filter(\.hasRecord)
        guard let first = known.first else { return [] }
        return first.flags.filter { flag in known.allSatisfy { $0.flags.contains(flag) } && flag != .incomplete }
    }

    /// `3` or `1–4`.
    static func range(_ ranks: ClosedRange<Int>) -> String {
        ranks.count == 1 ? String(ranks.lowerBound) : "\(ranks.lowerBound)–\(ranks.upperBound)"
    }

    /// 1, 2, … as a, b, …, z, aa, ab, ….
    static func letters(_ number: Int) -> String {
        let rest = (number - 1) / 26
        let last = String(UnicodeScalar(UInt8(ascii: "a") + UInt8((number - 1) % 26)))
        return rest > 0 ? letters(rest) + last : last
    }

    private mutating func add(_ metric: BoardMetric, withInterval: Bool, worth: Int, _ all: [BoardRow]) {
        let isDollars = BoardTable.isDollars(metric, all)
        add(isDollars ? "$/1K" : metric.title, isNumber: true, worth: worth, all) { row in
            let factor = isDollars ? 1_000.0 : 1
            let value = metric.text(row.value(metric.name).map { $0 * factor })
            guard withInterval, let interval = row.interval(metric.name) else { return value }
            return "\(value) [\(metric.text(interval.low * factor)), \(metric.text(interval.high * factor))]"
        }
    }

    private mutating func addInterval(of metric: BoardMetric, _ all: [BoardRow]) {
        let factor = BoardTable.isDollars(metric, all) ? 1_000.0 : 1
        addIfAny("interval", isNumber: true, worth: 7, all) { row in
            row.interval(metric.name).map { "\(metric.text($0.low * factor))–\(metric.text($0.high * factor))" }
        }
    }

    private static func isDollars(_ metric: BoardMetric, _ all: [BoardRow]) -> Bool {
        metric.form == .amount && all.contains { $0.costUnit == "USD" }
    }

    private mutating func add(
        _ title: String,
        isNumber: Bool = false,
        worth: Int,
        _ all: [BoardRow],
        _ text: (BoardRow) -> String
    ) {
        columns.append(Column(title: title, isNumber: isNumber, worth: worth))
        for (index, row) in all.enumerated() { rows[index].append(SafeText.line(text(row))) }
    }

    private mutating func addIfAny(
        _ title: String,
        isNumber: Bool = false,
        worth: Int,
        _ all: [BoardRow],
        _ text: (BoardRow) -> String?
    ) {
        guard all.contains(where: { text($0) != nil }) else { return }
        add(title, isNumber: isNumber, worth: worth, all) { text($0) ?? "" }
    }

    /// Something that rows may differ in besides the router: a column when they do, else a part of the caption.
    struct Axis: Sendable {
        let title: String
        let text: @Sendable (BoardRow) -> String?
        /// As a part of the caption.
        var words: @Sendable (String) -> String
    }

    static let axes = [
        Axis(title: "modality", text: { RowLabels(row: $0).modality }, words: { "modality \($0)" }),
        Axis(title: "encoder", text: { RowLabels(row: $0).namedEncoder }, words: { "encoder \($0)" }),
        Axis(title: "fusion", text: { RowLabels(row: $0).fusion }, words: { "fusion \($0)" }),
        Axis(
            title: "seeds",
            text: { $0.seeds.isEmpty ? nil : RowLabels.numbers($0.seeds) },
            words: { Int($0) == nil ? "mean over random seeds \($0)" : "random seed \($0)" }
        ),
        Axis(title: "budgets", text: { RowLabels(row: $0).budgets }, words: { "budgets \($0)" }),
        Axis(title: "λ", text: { RowLabels(row: $0).lambda }, words: { "λ \($0)" }),
    ]
}

extension Leaderboard {
    /// One table a section.
    package func tables(_ detail: BoardTable.Detail) -> [BoardTable] {
        let shown = BoardMetric.shown(mode: mode, detail: detail)
        let metrics = BoardMetric.columns(of: rows).filter { shown.contains($0.name) }
        let captions = BoardCaptions(sections, mode: mode)
        return zip(zip(sections, captions.parts), verdicts).map { table, verdict in
            BoardTable(table.0, caption: table.1, verdict: verdict, metrics: metrics, detail: detail)
        }
    }
}
