import Aggregator
import Catalog
import RouteGridBase
import Scoring

/// Two or three rows that a reader chooses: their curves alone, and how they differ.
struct PairSection {
    /// Rows whose pairs are on the page, the best ones; comparisons.csv has the others.
    static let mostRows = 24

    private let table: ReportTable

    init(_ table: ReportTable) { self.table = table }

    /// The rows of the table that can be chosen, with their place among the rows that were compared.
    private static func rows(_ table: ReportTable) -> [(row: ReportRow, place: Int)] {
        guard let comparison = table.section.comparison else { return [] }
        return comparison.rows.prefix(mostRows).enumerated().compactMap { place, number in
            table.rows.first { $0.number == number }.map { ($0, place) }
        }
    }

    /// `{"metric", "names", "rows": [number], "pairs": [[[difference, low, high, p], …], …]}`; nil without a pair.
    ///
    /// `pairs[i][j]` is row i less row i + 1 + j; low and high are null where there is no interval.
    static func json(_ table: ReportTable) -> JSONValue? {
        let rows = rows(table)
        guard rows.count > 1, let comparison = table.section.comparison else { return nil }
        let pairs = rows.indices.map { first in
            JSONValue.array(
                rows[(first + 1)...].map { second in
                    let found = comparison.result.difference(rows[first].place, second.place)
                    return [
                        number(found.estimate), found.interval.map { number($0.low) } ?? .null,
                        found.interval.map { number($0.high) } ?? .null, number(found.pValue),
                    ]
                }
            )
        }
        return [
            "metric": .string(MetricDescriptor.named(comparison.metric)?.title ?? comparison.metric),
            "names": .array(rows.map { .string(SafeText.line($0.row.label)) }),
            "rows": .array(rows.map { JSONValue($0.row.number) }), "pairs": .array(pairs),
        ]
    }

    /// With as many digits as a reader can use.
    private static func number(_ value: Double) -> JSONValue { .double((value * 1e6).rounded() / 1e6) }

    var html: String {
        let rows = Self.rows(table)
        guard rows.count > 1 else { return "" }
        let options = rows.enumerated().map { "<option value=\"\($0)\">\(Markup.text($1.row.label))</option>" }.joined()
        let boxes = ["First", "Second", "Third"].enumerated().map { number, words in
            let nothing = "<option value=\"\">–</option>"
            return """
                <label>\(words) row <select data-pair="\(table.identity)" data-side="\(number)">\(nothing)\(options)</select></label>
                """
        }
        return """
            <div class="pairs needs-js"><h3>Compare rows</h3>
            <p class="note">Two or three rows: the plot above shows their curves alone, with single models and bounds. Differences are
            paired, item by item, and their intervals hold for all pairs of the table at once.</p>
            <div class="bar">\(boxes.joined())</div>
            <ul id="pairs-\(table.identity)" aria-live="polite"></ul></div>
            """
    }
}
