package import Aggregator
import Foundation
package import RouteGridBase

/// A board as a page that changes shows it: of each table the rows with their curves, as data.
package struct LiveBoard: Sendable {
    /// Tables, rows of each and points of a curve at most: a page redraws all of it.
    private static let mostTables = 16
    private static let mostRows = 40

    /// `[{"dataset", "caption", "unit", "metric", "rows": [{"label", "role", "place", "value", "accuracy", "cost",
    /// "incomplete", "points": [[cost, accuracy]]}], "hidden"}]`; names are in one line each.
    package let tables: [JSONValue]

    package init(_ board: Leaderboard) {
        tables = ReportBoard(board).tables.prefix(Self.mostTables).map(Self.table)
    }

    private static func table(_ table: ReportTable) -> JSONValue {
        let rows = table.rows.prefix(mostRows)
        return [
            "dataset": .string(SafeText.line(table.dataset)), "caption": .string(SafeText.line(table.caption)),
            "unit": .string(SafeText.line(table.costUnit.title)), "metric": .string(table.ranking),
            "hidden": JSONValue(table.rows.count - rows.count + table.hiddenRows),
            "rows": .array(rows.map { row($0, table) }),
        ]
    }

    private static func row(_ row: ReportRow, _ table: ReportTable) -> JSONValue {
        let largest = row.largest(table.costUnit)
        func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
        return [
            "label": .string(SafeText.line(row.label)),
            "role": .string(
                row.row.isBound ? "bound" : row.isOneModel ? "single" : row.row.isReference ? "reference" : "router"
            ),
            "place": row.row.place.map { JSONValue($0) } ?? .null, "value": number(row.row.value(table.ranking)),
            "accuracy": number(largest?.accuracy), "cost": number(largest?.cost),
            "incomplete": .bool(row.row.isIncomplete), "flags": .string(row.flags),
            "points": .array(row.curve.points.map { [.double($0.cost), .double($0.accuracy)] }),
        ]
    }
}
