import Foundation
import GRDB
package import RouteGridBase
package import Scheduling

/// Cells that are computed again: a row an execution.
extension RecordStore {
    private static let secretName = "audit_secret"

    /// Which cells are audited: the same ones after each start, because the secret is the store's.
    ///
    /// - Parameter rate: the part of the cells, 0 to 1.
    /// - Returns: the choice.
    /// - Throws: `temporary` on a full disk, `system` when it cannot be written.
    package func auditSample(rate: Double) throws(RouteGridError) -> AuditSample {
        let secret = try write { database in
            let sql = "SELECT value FROM meta WHERE key = ?"
            if let known = try Data.fetchOne(database, sql: sql, arguments: [Self.secretName]),
                known.count == AuditSample.secretSize
            {
                return Array(known)
            }
            var random = SystemRandomNumberGenerator()
            let made = (0..<AuditSample.secretSize).map { _ in UInt8.random(in: 0...255, using: &random) }
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                arguments: [Self.secretName, Data(made)]
            )
            return made
        }
        return AuditSample(secret: secret, rate: rate)
    }

    /// All audited cells.
    package func audits() throws(RouteGridError) -> AuditLedger {
        try read { database in
            var ledger = AuditLedger()
            // A folder opened for reading may be of the version before there were audits.
            guard try database.tableExists("audited") else { return ledger }
            var last: AuditedCell?
            let rows = try Row.fetchCursor(database, sql: "SELECT * FROM audited ORDER BY run, cell, place")
            while let row = try rows.next() {
                guard let key = JobKey(column: row["job_key"]), let result = Digest(column: row["result_sha"]) else {
                    continue
                }
                let (run, cell) = (RunID(UInt64(row["run"] as Int64)), CellID(row["cell"] as Int))
                let execution = AuditedCell.Execution(
                    origin: ResultOrigin(key: row["holder"], host: row["host"]),
                    worker: row["worker"],
                    result: result
                )
                var executions = [execution]
                if let before = last, before.run == run, before.cell == cell, before.executions.count < 3 {
                    executions = before.executions + executions
                } else if let before = last {
                    ledger.set(before)
                }
                last = AuditedCell(run: run, cell: cell, jobKey: key, executions: executions)
            }
            if let last { ledger.set(last) }
            return ledger
        }
    }

    /// Writes the executions of a cell, of which earlier ones may be there.
    static func write(_ audited: AuditedCell, into database: Database) throws {
        for (place, execution) in audited.executions.enumerated() {
            try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO audited(run, cell, job_key, place, holder, host, worker, result_sha)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(
                arguments: [
                    Int64(audited.run.rawValue), audited.cell.rawValue, Data(audited.jobKey), place,
                    execution.origin.key, execution.origin.host, execution.worker, Data(execution.result),
                ]
            )
        }
        guard audited.state == .decided else { return }
        try database.cachedStatement(sql: "DELETE FROM divergence WHERE job_key = ?")
            .execute(arguments: [Data(audited.jobKey)])
    }

    static func replace(_ row: ResultRow, with inserts: inout RecordInserts) throws {
        try inserts.database.cachedStatement(sql: "DELETE FROM record WHERE job_key = ?")
            .execute(arguments: [Data(row.jobKey)])
        _ = try inserts.insert(row)
    }
}
