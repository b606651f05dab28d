package import RouteGridBase

/// What some records say about some routers: one mode and one numerics class.
package struct Leaderboard: Sendable {
    package static let schema = "routegrid/leaderboard/v1"

    package let mode: String
    package let numerics: String
    package let recordCount: Int
    package let sections: [BoardSection]

    package var rows: [BoardRow] { sections.flatMap(\.rows) }
    /// Rows that lack some record.
    package var incompleteCount: Int { rows.count { $0.flags.contains(.incomplete) } }

    /// The metric that rows are ordered by.
    package static func rankingMetric(mode: String) -> String { mode == "compat" ? "nauc_own" : "nauc_shared" }

    /// Makes the board of some records.
    ///
    /// - Parameters:
    ///   - records: In job-key order; all of one mode and one numerics class.
    ///   - expected: Jobs that the grid asks for and that have no record, as `job` objects.
    ///   - units: What costs are counted in.
    /// - Throws: `badInput` when modes or numerics classes are mixed, or when there is nothing.
    package init(_ records: [ScoredRecord], expected: [JSONValue] = [], units: CostUnits = CostUnits())
        throws(RouteGridError)
    {
        mode = try Leaderboard.only("mode", records.map(\.mode), expected)
        numerics = try Leaderboard.only("numerics", records.map(\.numerics), expected)
        recordCount = records.count
        let metric = Leaderboard.rankingMetric(mode: mode)
        var groups: [SectionKey: [BoardRow]] = [:]
        for curve in JoinedCurve.curves(of: records, expected: expected) {
            groups[curve.section, default: []].append(try curve.row(units))
        }
        sections = groups.sorted { $0.key < $1.key }.map { key, rows in
            BoardSection(key: key, rows: Leaderboard.ranked(rows, by: metric))
        }
    }

    private static func only(_ name: String, _ values: [String], _ expected: [JSONValue]) throws(RouteGridError)
        -> String
    {
        let found = Set(values + expected.compactMap { $0[name]?.stringValue }).sorted()
        guard let first = found.first else { throw .badInput("records", "none: there is nothing to aggregate") }
        guard found.count == 1 else {
            throw .badInput(
                "records",
                "\(name) \(found.joined(separator: " and ")): a board never mixes them; choose one with --\(name)"
            )
        }
        return first
    }

    /// Competitors by falling value, then those without a value, then bounds, then rows without a record.
    static func ranked(_ rows: [BoardRow], by metric: String) -> [BoardRow] {
        let sorted = rows.map { (row: $0, identity: $0.identity) }.sorted { left, right in
            let (a, b) = (tier(left.row, metric), tier(right.row, metric))
            if a != b { return a < b }
            let (x, y) = (left.row.value(metric) ?? 0, right.row.value(metric) ?? 0)
            if x != y { return x > y }
            return left.identity.utf8.lexicographicallyPrecedes(right.identity.utf8)
        }
        var ranked: [BoardRow] = []
        for (row, _) in sorted {
            var placed = row
            if tier(row, metric) == 0 {
                let previous = ranked.last
                placed.place = previous?.value(metric) == row.value(metric) ? previous?.place : ranked.count + 1
            }
            ranked.append(placed)
        }
        return ranked
    }

    private static func tier(_ row: BoardRow, _ metric: String) -> Int {
        if !row.hasRecord { return 3 }
        if row.isBound { return 2 }
        return row.value(metric) == nil ? 1 : 0
    }
}
