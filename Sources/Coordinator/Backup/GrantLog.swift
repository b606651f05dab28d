import RouteGridBase
import Scheduling

/// The ledger of a run as messages and backups hold it.
enum GrantLog {
    static let schema = "routegrid/grants/v1"
    /// Ranges in one message.
    static let pageSize = 50_000

    static func entry(holder: String, cells: Range<CellID>) -> JSONValue {
        [.string(holder), JSONValue(cells.lowerBound), JSONValue(cells.count)]
    }

    /// - Throws: `badInput` for what is no list of ranges.
    static func grants(of run: RunID, in json: JSONValue?, place: String) throws(RouteGridError) -> [Grant] {
        var found: [Grant] = []
        for entry in json?.arrayValue ?? [] {
            guard let parts = entry.arrayValue, parts.count == 3, let holder = parts[0].stringValue,
                let first = parts[1].integerValue, let count = parts[2].integerValue, first >= 0, count > 0,
                first <= 1 << 62, count <= 1 << 62
            else { throw .badInput(place, "expected a list of [holder, first cell, cells]") }
            found.append(Grant(run: run, holder: holder, cells: [CellID(first)..<CellID(first + count)]))
        }
        return found
    }
}
