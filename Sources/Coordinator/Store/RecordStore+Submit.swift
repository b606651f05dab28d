import Foundation
import GRDB
package import Grid
package import RouteGridBase
import Scheduling

/// The outcome of a submission.
package enum Submission: Sendable {
    /// Nothing was stored: these blobs must be uploaded first.
    case lacks([Digest])
    /// The run is on disk; for each key that was looked up, whether it has a record.
    case added(RunID, recorded: [Bool])
}

extension RecordStore {
    /// Adds a run, when all its blobs are there, and looks keys up: all in one transaction, which is on disk when this
    /// returns.
    package func submit(
        _ lock: GridLock,
        bytes: [UInt8],
        submitted: String,
        lookingUp keys: [JobKey]
    ) throws(RouteGridError) -> Submission {
        try write { database in
            let lacking = try lock.blobs.filter { try !hasBlob($0, in: database) }
            guard lacking.isEmpty else { return .lacks(lacking) }
            let id = try Self.insertRun(
                name: lock.name,
                lock: bytes,
                priority: lock.priority,
                submitted: submitted,
                into: database
            )
            return .added(id, recorded: try Self.recorded(keys, in: database))
        }
    }

    /// Adds a run; it is on disk when this returns.
    package func addRun(
        name: String,
        lock: [UInt8],
        priority: Int,
        submitted: String = timestamp()
    ) throws(RouteGridError) -> RunID {
        try write {
            try Self.insertRun(name: name, lock: lock, priority: priority, submitted: submitted, into: $0)
        }
    }

    /// For each key, whether it has a record.
    package func recorded(_ keys: [JobKey]) throws(RouteGridError) -> [Bool] {
        try read { try Self.recorded(keys, in: $0) }
    }

    private static func recorded(_ keys: [JobKey], in database: Database) throws -> [Bool] {
        let statement = try RawStatement("SELECT 1 FROM record WHERE job_key = ?", database)
        return try keys.map { key in
            try key.withBytes { bytes in
                try statement.bind(bytes, 1)
                return try statement.run()
            }
        }
    }

    private static func insertRun(
        name: String,
        lock: [UInt8],
        priority: Int,
        submitted: String,
        into database: Database
    ) throws -> RunID {
        try database.cachedStatement(
            sql: "INSERT INTO run(name, lock_sha, lock, state, priority, submitted_at) VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(
            arguments: [name, Data(Digest(hashing: lock)), Data(lock), RunState.active.rawValue, priority, submitted]
        )
        return RunID(UInt64(database.lastInsertedRowID))
    }
}
