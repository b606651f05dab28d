import Foundation
import RouteGridBase
import Scoring

extension OverallTable {
    /// In a sentence, which names a row as the best only where it is shown to be better than every other.
    var text: String {
        guard let first = rows.first, let rank = first.rank else { return "" }
        let others = rows.count - 1
        var place = "mean rank \(Self.number(rank.value)) of \(rows.count)"
        guard let interval = rank.interval else {
            return "Over \(datasets.count) datasets \(first.name) has the lowest \(place); nothing bounds it."
        }
        place += " (\(Self.number(interval.low))–\(Self.number(interval.high)))"
        let beaten = (records?[0] ?? []).dropFirst().count { $0.wins > 0 && $0.losses == 0 }
        let over = "Over \(datasets.count) datasets"
        if beaten == others {
            return "\(over) \(first.name) is the best: \(place), significantly better somewhere and nowhere worse than "
                + "each of the \(others) others."
        }
        return "\(over) no row is shown to be the best: \(first.name) leads by \(place), and is significantly better "
            + "somewhere, and nowhere worse, than \(beaten) of the \(others) others."
    }

    /// How to read it.
    var method: String {
        let level = JSONValue.shortestText(100 * (1 - alpha))
        let left = leftOut > 0 ? "; \(leftOut) rows that not every table has are left out" : ""
        return
            "Mean over datasets, each counting once; equal values share a rank; rank intervals hold for all rows and "
            + "datasets together at \(level) %; won/tied/lost by the tables' own tests against all others\(left)."
    }

    static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    /// The member of `overall` in `leaderboard.json`.
    var json: JSONValue {
        func bounded(_ number: Bounded?) -> JSONValue {
            guard let number else { return .null }
            guard let interval = number.interval else { return ["v": .double(number.value)] }
            return ["v": .double(number.value), "lo": .double(interval.low), "hi": .double(interval.high)]
        }
        let listed = rows.enumerated().map { number, row -> JSONValue in
            let total = total(number)
            return [
                "router": .string(row.name), "macro_mean": bounded(row.mean), "mean_rank": bounded(row.rank),
                "wins": total.map { JSONValue($0.wins) } ?? .null, "ties": total.map { JSONValue($0.ties) } ?? .null,
                "losses": total.map { JSONValue($0.losses) } ?? .null,
            ]
        }
        let matrix = records.map { all in
            JSONValue.array(
                all.map { .array($0.map { [JSONValue($0.wins), JSONValue($0.ties), JSONValue($0.losses)] }) }
            )
        }
        return [
            "tables": .array(sections.map { JSONValue($0 + 1) }), "datasets": JSONValue(datasets),
            "metric": .string(metric), "alpha": .double(alpha), "rows": .array(listed),
            "bounds": .array(bounds.map { ["router": .string($0.name), "macro_mean": bounded($0.mean)] }),
            "win_tie_loss": matrix ?? .null, "left_out": JSONValue(leftOut), "text": .string(text),
        ]
    }

    /// As a table of texts, for a terminal and for Markdown.
    func table(caption: [String]) -> BoardTable {
        let shown = BoardMetric.named(metric)
        func interval(_ interval: Interval?, _ text: (Double) -> String) -> String {
            interval.map { "\(text($0.low))–\(text($0.high))" } ?? ""
        }
        let lines = rows.enumerated().map { number, row in
            [
                row.rank.map { Self.number($0.value) } ?? "–", interval(row.rank?.interval, Self.number), row.name,
                shown.text(row.mean.value), interval(row.mean.interval, shown.text),
                total(number).map { "\($0.wins)/\($0.ties)/\($0.losses)" } ?? "–",
            ]
        }
        let limits = bounds.map { ["–", "", $0.name, shown.text($0.mean.value), "", "–"] }
        return BoardTable(
            dataset: "overall",
            caption: caption,
            verdict: text,
            trust: method,
            columns: [
                BoardTable.Column(title: "mean rank", isNumber: true, worth: 1),
                BoardTable.Column(title: "ranks", isNumber: true, worth: 2),
                BoardTable.Column(title: "router", isNumber: false, worth: 0),
                BoardTable.Column(title: shown.title, isNumber: true, worth: 1),
                BoardTable.Column(title: "interval", isNumber: true, worth: 7),
                BoardTable.Column(title: "won/tied/lost", isNumber: true, worth: 3),
            ],
            rows: lines + limits,
            references: Array(lines.count..<lines.count + limits.count)
        )
    }

    /// Who is better than whom, for few rows: in Markdown.
    var matrix: String {
        guard let records, rows.count <= 16 else { return "" }
        var text = "\nWon/tied/lost of each row against each column, over \(datasets.count) datasets:\n\n| | "
        text += rows.indices.map { String($0 + 1) }.joined(separator: " | ") + " |\n| --- |"
        text += String(repeating: " ---: |", count: rows.count) + "\n"
        for (number, row) in rows.enumerated() {
            let cells = records[number].enumerated().map { other, record in
                other == number ? "" : "\(record.wins)/\(record.ties)/\(record.losses)"
            }
            text += "| \(number + 1) \(SafeText.markdown(row.name)) | " + cells.joined(separator: " | ") + " |\n"
        }
        return text
    }
}

extension Leaderboard {
    /// Over the datasets of comparable tables, as texts.
    package var overallTables: [BoardTable] {
        overall.map { table in
            let section = sections[table.sections[0]]
            var caption = ["mode \(mode)", table.datasets.prefix(6).joined(separator: ", ")]
            if table.datasets.count > 6 { caption[1] += " and \(table.datasets.count - 6) more" }
            caption.append("rule \(section.key.rule)")
            if section.key.curve == .listed { caption.append("listed budgets") }
            if section.key.part != "test" { caption.append("part \(section.key.part)") }
            if section.key.pool != "all" { caption.append("pool \(section.key.pool)") }
            if let prices = section.key.prices {
                caption.append("prices \(prices)")
            } else if sections.contains(where: { $0.key.prices != nil }) {
                caption.append("costs as measured")
            }
            return table.table(caption: caption.map(SafeText.line))
        }
    }
}
