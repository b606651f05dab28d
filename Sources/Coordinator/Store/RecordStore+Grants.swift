import GRDB
package import RouteGridBase
package import Scheduling

/// The ledger of grants: a row a range of cells, neighbouring leases of one commit in one row.
///
/// Rows stay as long as their run, because a late success is welcome whatever became of the run: what was computed is
/// kept for the next one. When a run ends, its rows become as few as there can be: one, where one key did it all.
extension RecordStore {
    /// All that was ever granted.
    package func grants() throws(RouteGridError) -> [Grant] {
        try read { database in
            // A folder opened for reading may be of the version before grants were kept.
            guard try database.tableExists("granted") else { return [] }
            return try Self.grants(database, "SELECT * FROM granted ORDER BY run, holder, first", [])
        }
    }

    private static func grants(
        _ database: Database,
        _ sql: String,
        _ arguments: StatementArguments
    ) throws -> [Grant] {
        var found: [Grant] = []
        var ranges: [Range<CellID>] = []
        var owner: (run: RunID, holder: String)?
        func close() {
            if let owner { found.append(Grant(run: owner.run, holder: owner.holder, cells: ranges)) }
            ranges = []
        }
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        while let row = try rows.next() {
            let (run, holder) = (RunID(UInt64(row["run"] as Int64)), row["holder"] as String)
            if let owner, owner != (run, holder) { close() }
            owner = (run, holder)
            let (first, count): (Int, Int) = (row["first"], row["cells"])
            guard first >= 0, count > 0, first <= Int.max - count else { continue }
            let cells = CellID(first)..<CellID(first + count)
            // Leases of one cell again and again are ranges with a common start.
            if let last = ranges.last, last.upperBound >= cells.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, cells.upperBound)
            } else {
                ranges.append(cells)
            }
        }
        close()
        return found
    }

    static func insert(_ grant: Grant, into database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO granted(run, first, holder, cells) VALUES (?, ?, ?, ?)
                ON CONFLICT(run, first, holder) DO UPDATE SET cells = max(cells, excluded.cells)
                """
        )
        for range in grant.cells {
            try statement.execute(
                arguments: [Int64(grant.run.rawValue), range.lowerBound.rawValue, grant.holder, range.count]
            )
        }
    }

    static func mergeGrants(of run: RunID, in database: Database) throws {
        let arguments: StatementArguments = [Int64(run.rawValue)]
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM granted WHERE run = ?", arguments: arguments)
        let merged = try grants(
            database,
            "SELECT * FROM granted WHERE run = ? ORDER BY holder, first",
            arguments
        )
        guard merged.reduce(0, { $0 + $1.cells.count }) < count ?? 0 else { return }
        try database.execute(sql: "DELETE FROM granted WHERE run = ?", arguments: arguments)
        for grant in merged { try insert(grant, into: database) }
    }
}
