import Foundation
import GRDB
package import RouteGridBase
package import Scheduling

/// A submitted grid as stored.
package struct StoredRun: Sendable {
    package var id: RunID
    package var name: String
    package var lock: [UInt8]
    package var state: RunState
    package var priority: Int
    package var reason: String
    package var submitted: String
    /// The blob of the frozen selection, once there is one.
    package var selection: Digest?
}

/// A record with its place in the stream of all records.
package struct StoredRecord: Sendable {
    package var sequence: UInt64
    package var jobKey: JobKey
    package var body: [UInt8]
    package var runInfo: [UInt8]
}

extension RecordStore {
    package func runs() throws(RouteGridError) -> [StoredRun] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM run ORDER BY id").map { row in
                StoredRun(
                    id: RunID(UInt64(row["id"] as Int64)),
                    name: row["name"],
                    lock: Array(row["lock"] as Data),
                    state: RunState(rawValue: row["state"]) ?? .paused,
                    priority: row["priority"],
                    reason: row["reason"],
                    submitted: row["submitted_at"],
                    selection: Digest(column: row["selection_sha"])
                )
            }
        }
    }

    package func doneCells(of run: RunID) throws(RouteGridError) -> CellBitmap {
        try read { database in
            var bitmap = CellBitmap()
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT block, bits FROM done WHERE run = ?",
                arguments: [Int64(run.rawValue)]
            )
            while let row = try rows.next() {
                let (block, bits): (Int, Data) = (row["block"], row["bits"])
                guard (0..<1 << 40).contains(block), bits.count <= CellBitmap.blockSize / 8 else {
                    throw RouteGridError.badInput("run \(run)", "the store holds cells that no grid has")
                }
                bitmap.load(block: block, bytes: Array(bits))
            }
            return bitmap
        }
    }

    package func exceptions(of run: RunID) throws(RouteGridError) -> [CellID: CellException] {
        try read { database in
            var found: [CellID: CellException] = [:]
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT * FROM exception WHERE run = ?",
                arguments: [Int64(run.rawValue)]
            )
            while let row = try rows.next() {
                found[CellID(row["cell"])] = CellException(
                    state: CellException.State(rawValue: row["state"]) ?? .failed,
                    attempts: row["attempts"],
                    crashes: row["crashes"],
                    kind: FailureKind(rawValue: row["kind"]) ?? .error,
                    text: row["text"]
                )
            }
            return found
        }
    }

    /// The last 64 KB that a failed cell wrote to standard error.
    package func log(ofCell cell: CellID, in run: RunID) throws(RouteGridError) -> [UInt8] {
        try read { database in
            let log = try Data.fetchOne(
                database,
                sql: "SELECT log FROM exception WHERE run = ? AND cell = ?",
                arguments: [Int64(run.rawValue), cell.rawValue]
            )
            return log.map(Array.init) ?? []
        }
    }

    /// Those records of these keys that exist, in the order of the keys: at most `limit`, and no more once they have
    /// `byteLimit` bytes.
    ///
    /// `keyCount` is the number of keys that were looked up.
    package func records(
        of keys: [JobKey],
        limit: Int = .max,
        byteLimit: Int = .max
    ) throws(RouteGridError) -> (records: [StoredRecord], keyCount: Int) {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT seq, job_key, body, run_info FROM record WHERE job_key = ?"
            )
            var found: [StoredRecord] = []
            var byteCount = 0
            for (place, key) in keys.enumerated() {
                guard found.count < limit, byteCount < byteLimit else { return (found, place) }
                guard let record = try Row.fetchOne(statement, arguments: [Data(key)]).flatMap(StoredRecord.init) else {
                    continue
                }
                found.append(record)
                byteCount += record.body.count + record.runInfo.count
            }
            return (found, keys.count)
        }
    }

    /// Records in the order they were committed, after a place in that order: at most `limit`, and no more once they
    /// have `byteLimit` bytes.
    package func records(
        after sequence: UInt64,
        limit: Int,
        byteLimit: Int = .max
    ) throws(RouteGridError) -> [StoredRecord] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT seq, job_key, body, run_info FROM record WHERE seq > ? ORDER BY seq LIMIT ?",
                arguments: [Int64(clamping: sequence), limit]
            )
            var found: [StoredRecord] = []
            var byteCount = 0
            while byteCount < byteLimit, let row = try rows.next() {
                guard let record = StoredRecord(row) else { continue }
                found.append(record)
                byteCount += record.body.count + record.runInfo.count
            }
            return found
        }
    }

    /// The place of the last record; 0 before the first.
    package func lastSequence() throws(RouteGridError) -> UInt64 {
        try read { UInt64(try Int64.fetchOne($0, sql: "SELECT max(seq) FROM record") ?? 0) }
    }

    package func counts() throws(RouteGridError) -> (records: Int, divergences: Int, lastSequence: UInt64) {
        try read { database in
            (
                try Int.fetchOne(database, sql: "SELECT count(*) FROM record") ?? 0,
                try Int.fetchOne(database, sql: "SELECT count(*) FROM divergence") ?? 0,
                UInt64(try Int64.fetchOne(database, sql: "SELECT max(seq) FROM record") ?? 0)
            )
        }
    }

    /// How many differing results each run has; those that an older version wrote belong to run 0.
    package func divergenceCounts() throws(RouteGridError) -> [RunID: Int] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                // A folder opened for reading may be of the version before divergences had runs.
                sql: try database.columns(in: "divergence").contains { $0.name == "run" }
                    ? "SELECT coalesce(run, 0) AS run, count(*) AS count FROM divergence GROUP BY 1"
                    : "SELECT 0 AS run, count(*) AS count FROM divergence GROUP BY 1"
            )
            return Dictionary(
                uniqueKeysWithValues: rows.map { (RunID(UInt64($0["run"] as Int64)), $0["count"] as Int) }
            )
        }
    }

    /// Differing results in the order they were found, after a place in that order: no more once they have `byteLimit`
    /// bytes.
    package func divergences(after id: Int, byteLimit: Int) throws(RouteGridError) -> [StoredDivergence] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT * FROM divergence WHERE id > ? ORDER BY id",
                arguments: [id]
            )
            var found: [StoredDivergence] = []
            var byteCount = 0
            while byteCount < byteLimit, let row = try rows.next() {
                guard let divergence = StoredDivergence(row) else { continue }
                found.append(divergence)
                byteCount += divergence.body.count
            }
            return found
        }
    }

    /// Keys that got two different results, with both digests.
    package func divergences() throws(RouteGridError) -> [(key: JobKey, first: Digest, second: Digest, worker: String)]
    {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM divergence ORDER BY id").compactMap { row in
                guard let key = JobKey(column: row["job_key"]), let first = Digest(column: row["first_sha"]),
                    let second = Digest(column: row["second_sha"])
                else { return nil }
                return (key, first, second, row["worker"])
            }
        }
    }
}

extension StoredRecord {
    fileprivate init?(_ row: Row) {
        guard let key = JobKey(column: row["job_key"]) else { return nil }
        sequence = UInt64(row["seq"] as Int64)
        jobKey = key
        body = Array(row["body"] as Data)
        runInfo = (row["run_info"] as Data?).map(Array.init) ?? []
    }
}
