import Foundation
import GRDB
import Grid
package import RouteGridBase
import Scheduling

extension RecordStore {
    /// The records that a selection means, in the order they were committed.
    ///
    /// - Throws: `usage` for a cell that there is not.
    package func delivered(_ selection: RecordSelection) throws(RouteGridError) -> [DeliveredRecord] {
        switch selection {
        case .cell(let run, let cell):
            let key = try jobKey(ofCell: cell, in: run)
            return try records(of: [key]).records.map {
                DeliveredRecord(sequence: $0.sequence, jobKey: $0.jobKey, facts: $0.runInfo)
            }
        case .worker(let name): return try delivered { $0.worker == name }
        case .keys(let keys): return try delivered { $0.key.map(keys.contains) ?? false }
        }
    }

    private func delivered(_ isMeant: (DeliveredRecord) -> Bool) throws(RouteGridError) -> [DeliveredRecord] {
        try read { database in
            var found: [DeliveredRecord] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT seq, job_key, run_info FROM record ORDER BY seq")
            while let row = try rows.next() {
                guard let key = JobKey(column: row["job_key"]), let facts = row["run_info"] as Data? else { continue }
                let record = DeliveredRecord(
                    sequence: UInt64(row["seq"] as Int64),
                    jobKey: key,
                    facts: Array(facts)
                )
                if isMeant(record) { found.append(record) }
            }
            return found
        }
    }

    private func jobKey(ofCell cell: CellID, in run: RunID) throws(RouteGridError) -> JobKey {
        guard let stored = try runs().first(where: { $0.id == run }) else {
            throw RouteGridError(.usage, "there is no run \(run); `routegrid status` lists them")
        }
        let lock = try Self.lock(of: stored)
        guard lock.allCells.contains(cell),
            let job = lock.jobs(ofGroup: lock.group(ofCell: cell)).first(where: { $0.cell == cell })
        else { throw RouteGridError(.usage, "run \(run) has no cell \(cell)") }
        return job.jobKey
    }

    private static func lock(of run: StoredRun) throws(RouteGridError) -> GridLock {
        try GridLock(parsing: run.lock, place: "the lock of run \(run.id)", revisions: .any)
            .measured(by: run.id, submitted: run.submitted)
    }

    /// Takes records away.
    ///
    /// Their cells are pending again in every run that has them, and finished runs go on: one transaction, with a line
    /// of the audit.
    ///
    /// Copies elsewhere (backups, folders of boards) keep what they have.
    ///
    /// - Parameters:
    ///   - records: what ``delivered(_:)`` found.
    ///   - actor: who does it.
    ///   - detail: what was asked for.
    /// - Returns: the cells that are pending again, by run.
    /// - Throws: `temporary` on a full disk, `system` when it cannot be written.
    package func purge(_ records: [DeliveredRecord], actor: String, detail: String) throws(RouteGridError) -> [RunID:
        [CellID]]
    {
        let keys = Set(records.map(\.jobKey))
        var cells: [(run: StoredRun, cells: [CellID])] = []
        for run in try runs() {
            // A run that this build cannot read is set aside when it is served, and looks nothing up.
            guard let lock = try? Self.lock(of: run) else { continue }
            let done = try doneCells(of: run.id)
            var own: [CellID] = []
            for group in 0..<lock.groupCount where lock.cells(ofGroup: group).contains(where: done.contains) {
                own += lock.jobs(ofGroup: group).filter { keys.contains($0.jobKey) && done.contains($0.cell) }.map(
                    \.cell
                )
            }
            if !own.isEmpty { cells.append((run, own)) }
        }
        let count = cells.reduce(0) { $0 + $1.cells.count }
        let found = cells
        return try write { database in
            for record in records {
                try database.cachedStatement(sql: "DELETE FROM record WHERE seq = ?")
                    .execute(arguments: [Int64(clamping: record.sequence)])
                // What differed from it is compared with the next record.
                for table in ["audited", "divergence"] {
                    try database.cachedStatement(sql: "DELETE FROM \(table) WHERE job_key = ?")
                        .execute(arguments: [Data(record.jobKey)])
                }
            }
            for (run, cells) in found {
                try Self.unmark(cells, of: run.id, in: database)
                guard run.state == .finished else { continue }
                try database.execute(
                    sql: "UPDATE run SET state = ?, reason = ? WHERE id = ?",
                    arguments: [RunState.active.rawValue, "records were purged", Int64(run.id.rawValue)]
                )
            }
            try database.execute(
                sql: "INSERT INTO audit(at, actor, action, detail) VALUES (?, ?, 'purge', ?)",
                arguments: [Self.timestamp(), actor, "\(detail): \(records.count) records, \(count) cells"]
            )
            return Dictionary(uniqueKeysWithValues: found.map { ($0.run.id, $0.cells) })
        }
    }

    private static func unmark(_ cells: [CellID], of run: RunID, in database: Database) throws {
        for (block, cells) in Dictionary(grouping: cells, by: { $0.rawValue / CellBitmap.blockSize }) {
            let arguments: StatementArguments = [Int64(run.rawValue), block]
            let stored = try Data.fetchOne(
                database,
                sql: "SELECT bits FROM done WHERE run = ? AND block = ?",
                arguments: arguments
            )
            guard var bits = stored.map(Array.init) else { continue }
            for bit in cells.map({ $0.rawValue % CellBitmap.blockSize }) where bit / 8 < bits.count {
                bits[bit / 8] &= ~(1 << UInt8(bit % 8))
            }
            try database.execute(
                sql: "UPDATE done SET bits = ? WHERE run = ? AND block = ?",
                arguments: [Data(bits)] + arguments
            )
        }
    }
}
