import Foundation
import GRDB
package import Grid
package import RouteGridBase

/// The configurations ever read on test: derived from the records, and written in the same transaction.
extension RecordStore {
    static func insert(_ read: TestRead, into database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO item_read(samples, items, configuration) VALUES (?, ?, ?)"
        ).execute(arguments: [Data(read.place.samples), read.place.part, Data(read.configuration)])
    }

    /// How many configurations all runs together have read, by the set of test items.
    package func testReads() throws(RouteGridError) -> TestReadCounts {
        try read { database in
            var counts = TestReadCounts()
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT samples, items, count(*) AS configurations FROM item_read GROUP BY samples, items"
            )
            while let row = try rows.next() {
                guard let samples = Digest(column: row["samples"]) else { continue }
                counts.raise(TestReadCounts.Place(samples: samples, part: row["items"]), to: row["configurations"])
            }
            return counts
        }
    }

    /// Counts what the records of a file have read.
    static func countTestReads(in database: Database) throws {
        let samples = try samplesOfRuns(in: database)
        let records = try Data.fetchCursor(database, sql: "SELECT body FROM record")
        while let body = try records.next() {
            // A worker's result was stored unparsed: a line that is no record has read nothing.
            let job = (try? JSONValue(parsing: body, place: "a record"))?["job"] ?? .null
            if let read = TestRead(job: job, samples: { samples[$0] }) { try insert(read, into: database) }
        }
    }

    /// The samples behind each digest `job.data`, as far as the grids of the runs have them.
    private static func samplesOfRuns(in database: Database) throws -> [Digest: Digest] {
        var samples: [Digest: Digest] = [:]
        let locks = try Data.fetchCursor(database, sql: "SELECT lock FROM run")
        while let bytes = try locks.next() {
            let lock = try? JSONValue(parsing: bytes, place: "a lock")
            for table in lock?["axes"]?["tables"]?.arrayValue ?? [] {
                guard let asked = table["samples"]?.stringValue.flatMap({ Digest(hex: $0) }),
                    let quality = table["quality"]?.stringValue.flatMap({ Digest(hex: $0) }),
                    let models = table["models"]?.arrayValue?.compactMap(\.stringValue)
                else { continue }
                samples[RecordedJob.dataDigest(samples: asked, models: models, quality: quality)] = asked
            }
        }
        return samples
    }
}
