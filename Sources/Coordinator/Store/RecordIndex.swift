import Foundation
import GRDB
import Grid
package import RouteGridBase

/// Which keys a state folder has records of: a read-only view that needs no coordinator.
///
/// It may be used beside a running coordinator; a record that is committed meanwhile may be missed.
package struct RecordIndex: Sendable {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens the record file of a state folder; nil when there is none yet.
    ///
    /// - Throws: `system` when the file cannot be read.
    package init?(stateFolder folder: String) throws(RouteGridError) {
        path = folder + "/records.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw RouteGridError(.system, "\(path): \(error)")
        }
    }

    /// The `job` of each of the latest records, at most `limit`.
    package func latestJobs(limit: Int) throws(RouteGridError) -> [JSONValue] {
        do {
            return try queue.read { database in
                let sql = "SELECT body FROM record ORDER BY seq DESC LIMIT ?"
                let bodies = try Data.fetchCursor(database, sql: sql, arguments: [limit])
                var jobs: [JSONValue] = []
                while let body = try bodies.next() {
                    if let job = RecordScan.job(of: body) { jobs.append(job) }
                }
                return jobs
            }
        } catch {
            throw RouteGridError(.system, "\(path): \(error)")
        }
    }

    /// For each key, whether it has a record.
    package func recorded(_ keys: [JobKey]) throws(RouteGridError) -> [Bool] {
        do {
            return try queue.read { database in
                let statement = try database.cachedStatement(sql: "SELECT 1 FROM record WHERE job_key = ?")
                return try keys.map { try Int.fetchOne(statement, arguments: [Data($0)]) != nil }
            }
        } catch {
            throw RouteGridError(.system, "\(path): \(error)")
        }
    }
}
