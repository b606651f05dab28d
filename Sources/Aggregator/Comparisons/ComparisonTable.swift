import Grid
import RouteGridBase
import Scoring

/// Differences of the rows of a board's tables: `comparisons.csv` and `comparisons.json`.
///
/// Listed are all pairs of a table's first 100 competitors, and the first of them against all others; how many pairs of
/// a table are left out stands in the JSON.
package struct ComparisonTable: Sendable {
    package static let schema = "routegrid/comparisons/v1"
    /// Competitors of a table all of whose pairs are listed.
    static let listedRows = 100

    /// A table whose rows were compared.
    private struct Section {
        /// Its number on the board, from 1.
        let number: Int
        let section: BoardSection
        let comparison: SectionComparison
        /// The number of its first row on the board, from 1.
        let firstRow: Int
    }

    /// Two competitors of a table, by their place among its competitors.
    private struct Pair {
        let first: Int
        let second: Int
        let difference: PairedComparison.Difference
    }

    private let sections: [Section]
    private let mode: String
    private let numerics: String
    private let alpha: Double

    package init(_ board: Leaderboard) {
        (mode, numerics, alpha) = (board.mode, board.numerics, board.statistics?.alpha ?? 0)
        var (sections, row): ([Section], Int) = ([], 1)
        for (number, section) in board.sections.enumerated() {
            if let comparison = section.comparison {
                sections.append(
                    Section(number: number + 1, section: section, comparison: comparison, firstRow: row)
                )
            }
            row += section.rows.count
        }
        self.sections = sections
    }

    /// The pairs of a table that are listed, those of the best row first.
    private static func pairs(_ comparison: SectionComparison) -> [Pair] {
        let count = comparison.rows.count
        return (0..<min(count, listedRows)).flatMap { first in
            let end = first == 0 ? count : min(count, listedRows)
            return (first + 1..<max(end, first + 1)).map { second in
                Pair(first: first, second: second, difference: comparison.result.difference(first, second))
            }
        }
    }

    /// The p-value of a pair beside all pairs of all tables of the board: Bonferroni's over the tables, each of which
    /// is tested as a whole.
    private func boardPValue(_ pair: Pair) -> Double {
        min(1, pair.difference.pValue * Double(sections.count { $0.comparison.pairCount > 0 }))
    }

    /// `comparisons.json`, one pair a line.
    package var jsonBytes: [UInt8] {
        let tables: [JSONValue] = sections.map { section in
            let listed = ComparisonTable.pairs(section.comparison).count
            return [
                "table": JSONValue(section.number), "dataset": .string(section.section.key.dataset),
                "metric": .string(section.comparison.metric), "rows": JSONValue(section.comparison.rows.count),
                "pairs": JSONValue(section.comparison.pairCount), "listed": JSONValue(listed),
                "left_out": JSONValue(section.comparison.pairCount - listed),
                "replicates": JSONValue(section.comparison.replicates),
            ]
        }
        return JSONDocument.bytes(
            head: [
                ("schema", .string(ComparisonTable.schema)), ("mode", .string(mode)), ("numerics", .string(numerics)),
                ("alpha", .double(alpha)), ("tables", .array(tables)),
            ],
            list: "pairs",
            sections.flatMap { section in
                ComparisonTable.pairs(section.comparison).map { pair in
                    let difference = pair.difference
                    return [
                        "table": JSONValue(section.number), "a": side(pair.first, section),
                        "b": side(pair.second, section),
                        "difference": .double(difference.estimate), "se": .double(difference.standardError),
                        "lo": difference.interval.map { .double($0.low) } ?? .null,
                        "hi": difference.interval.map { .double($0.high) } ?? .null,
                        "p_table": .double(difference.pValue), "p_board": .double(boardPValue(pair)),
                    ]
                }
            }
        )
    }

    private func side(_ place: Int, _ section: Section) -> JSONValue {
        let row = section.comparison.rows[place]
        return [
            "row": JSONValue(section.firstRow + row),
            "place": section.section.rows[row].place.map { JSONValue($0) } ?? .null,
            "name": .string(ComparisonTable.name(section.section.rows[row])),
        ]
    }

    /// `comparisons.csv`, one pair a line.
    package var csvBytes: [UInt8] {
        var lines = CSVLines(
            columns: [
                "table", "dataset", "metric", "a_row", "b_row", "a_place", "b_place", "a", "b", "difference", "se",
                "lo", "hi",
                "p_table", "p_board", "replicates",
            ]
        )
        for section in sections {
            let rows = section.section.rows
            for pair in ComparisonTable.pairs(section.comparison) {
                let (a, b) = (section.comparison.rows[pair.first], section.comparison.rows[pair.second])
                let difference = pair.difference
                lines.add([
                    String(section.number), section.section.key.dataset, section.comparison.metric,
                    String(section.firstRow + a), String(section.firstRow + b), rows[a].place.map(String.init),
                    rows[b].place.map(String.init), ComparisonTable.name(rows[a]), ComparisonTable.name(rows[b]),
                    CSVLines.number(difference.estimate), CSVLines.number(difference.standardError),
                    CSVLines.number(difference.interval?.low), CSVLines.number(difference.interval?.high),
                    CSVLines.number(difference.pValue), CSVLines.number(boardPValue(pair)),
                    String(section.comparison.replicates),
                ])
            }
        }
        return Array(lines.text.utf8)
    }

    /// `knn k=50;metric=cosine both mean`: the router with all parameters, and what else tells rows of a table apart.
    static func name(_ row: BoardRow) -> String {
        let labels = RowLabels(row: row)
        let parts = [
            labels.kind, labels.allParameters, labels.modality, labels.namedEncoder, labels.fusion, labels.budgets,
            labels.lambda.map { "λ=\($0)" },
        ]
        return parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
