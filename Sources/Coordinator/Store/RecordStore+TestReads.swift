import Foundation
import GRDB
package import Grid
package import RouteGridBase

/// The configurations ever read on test: derived from the records, and written in one transaction with them.
extension RecordStore {
    static func insert(_ read: TestRead, into database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO test_read(data, split, configuration) VALUES (?, ?, ?)"
        ).execute(arguments: [Data(read.data), read.split, Data(read.configuration)])
    }

    /// How many configurations all runs together have read, by data and split.
    package func testReads() throws(RouteGridError) -> TestReadCounts {
        try read { database in
            var counts = TestReadCounts()
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT data, split, count(*) AS configurations FROM test_read GROUP BY data, split"
            )
            while let row = try rows.next() {
                guard let data = Digest(column: row["data"]) else { continue }
                counts.raise(TestReadCounts.Place(data: data, split: row["split"]), to: row["configurations"])
            }
            return counts
        }
    }
}
