import Foundation
import GRDB
import RouteGridBase
import Testing

/// A state folder that nobody uses, changed as a disk or another program would.
enum AlteredState {
    /// Gives the stored lock of a run other limits.
    static func replace(limits: [String: JSONValue], of run: RunID, in state: String) throws {
        let queue = try DatabaseQueue(path: "\(state)/records.sqlite")
        try queue.write { database in
            let row = try Data.fetchOne(
                database,
                sql: "SELECT lock FROM run WHERE id = ?",
                arguments: [Int64(run.rawValue)]
            )
            let stored = try JSONValue(parsing: row ?? Data(), place: "lock").objectValue
            var lock = try #require(stored)
            lock["limits"] = .object((lock["limits"]?.objectValue ?? [:]).merging(limits) { $1 })
            try database.execute(
                sql: "UPDATE run SET lock = ? WHERE id = ?",
                arguments: [Data(JSONValue.object(lock).jsonBytes()), Int64(run.rawValue)]
            )
        }
        try queue.close()
    }

    /// Takes away what is known of who was granted what.
    static func forgetGrants(in state: String) throws {
        let queue = try DatabaseQueue(path: "\(state)/records.sqlite")
        try queue.write { try $0.execute(sql: "DELETE FROM granted") }
        try queue.close()
    }
}
