import Catalog
import Foundation
import GRDB
package import RouteGridBase
import Scheduling

extension RecordStore {
    /// Commits a batch of changes in one transaction: records, the bits of their cells and the blobs they name are
    /// stored together or not at all.
    ///
    /// When it returns, they are on disk.
    ///
    /// - Parameters:
    ///   - writes: the changes, in order.
    ///   - refused: results that are not stored, by their place among the results, and why.
    /// - Returns: a verdict for every `.result` of the batch, and the places of new records.
    /// - Throws: `temporary` on a full disk, `system` when it cannot be written.
    @discardableResult
    package func commit(_ writes: [StoreWrite], refused: [Int: String] = [:]) throws(RouteGridError) -> CommitOutcome {
        try write { database in
            var outcome = CommitOutcome()
            var inserts = try RecordInserts(database)
            var done: [BlockID: [CellID]] = [:]
            var grants: [Grant] = []
            var merged: [RunID] = []
            for change in writes {
                switch change {
                case .result where refused[outcome.verdicts.count] != nil:
                    outcome.verdicts.append(.refused(refused[outcome.verdicts.count] ?? ""))
                case .result(let row):
                    let verdict = try Self.write(row, with: &inserts)
                    outcome.verdicts.append(verdict)
                    if case .blobMissing = verdict { continue }
                    done[BlockID(run: row.run, cell: row.cell), default: []].append(row.cell)
                case .reused(let run, let cells):
                    for cell in cells { done[BlockID(run: run, cell: cell), default: []].append(cell) }
                case .exception(let run, let cell, let exception, let log):
                    try Self.write(exception, of: cell, in: run, log: log, into: database)
                case .runState(let run, let state, let reason):
                    try database.cachedStatement(sql: "UPDATE run SET state = ?, reason = ? WHERE id = ?")
                        .execute(arguments: [state.rawValue, reason, Int64(run.rawValue)])
                    if state.isOver { merged.append(run) }
                case .runPriority(let run, let priority):
                    try database.cachedStatement(sql: "UPDATE run SET priority = ? WHERE id = ?")
                        .execute(arguments: [priority, Int64(run.rawValue)])
                case .selection(let run, let digest, let bytes):
                    try inserts.insert(ResultRow.InlineBlob(digest: digest, bytes: bytes[...]))
                    try database.cachedStatement(sql: "UPDATE run SET stage = 2, selection_sha = ? WHERE id = ?")
                        .execute(arguments: [Data(digest), Int64(run.rawValue)])
                case .granted(let grant): grants.append(grant)
                case .audited(let audited): try Self.write(audited, into: database)
                case .replaced(let row): try Self.replace(row, with: &inserts)
                case .audit(let actor, let action, let detail):
                    try database.cachedStatement(
                        sql: "INSERT INTO audit(at, actor, action, detail) VALUES (?, ?, ?, ?)"
                    )
                    .execute(arguments: [Self.timestamp(), actor, action, detail])
                }
            }
            for (block, cells) in done { try Self.mark(cells, in: block, of: database) }
            for grant in Grant.merged(grants) { try Self.insert(grant, into: database) }
            for run in merged { try Self.mergeGrants(of: run, in: database) }
            outcome.places = inserts.places
            return outcome
        }
    }

    /// One row of the `done` table.
    private struct BlockID: Hashable {
        let run: RunID
        let number: Int
        init(run: RunID, cell: CellID) {
            self.run = run
            number = cell.rawValue / CellBitmap.blockSize
        }
    }

    private static func write(_ row: ResultRow, with inserts: inout RecordInserts) throws -> CommitVerdict {
        if let choices = row.choices, !row.blobs.contains(where: { $0.digest == choices }),
            try !inserts.hasBlob(choices)
        {
            return .blobMissing(choices)
        }
        if let read = row.testRead { try insert(read, into: inserts.database) }
        let isNew = try inserts.insert(row)
        for blob in row.blobs { try inserts.insert(blob) }
        if isNew {
            if let begun = row.begunAudit { try write(begun, into: inserts.database) }
            return .new
        }
        let (key, database) = (Data(row.jobKey), inserts.database)
        let known = try Data.fetchOne(
            try database.cachedStatement(sql: "SELECT result_sha FROM record WHERE job_key = ?"),
            arguments: [key]
        )
        guard let known, known != Data(row.resultDigest) else { return .equal }
        // The first result of a program that may give others counts.
        if isNondeterministic(row) { return .equal }
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO divergence(job_key, first_sha, second_sha, worker, body, at, run)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                key, known, Data(row.resultDigest), row.worker, Data(row.body), timestamp(), Int64(row.run.rawValue),
            ]
        )
        return .divergent
    }

    /// Whether a record is of a router that may give another result each time.
    private static func isNondeterministic(_ row: ResultRow) -> Bool {
        let record = try? JSONValue(parsing: row.body, place: "record")
        return RouterCatalog.isNondeterministic(record?["job"]?["router"])
    }

    private static func mark(_ cells: [CellID], in block: BlockID, of database: Database) throws {
        let arguments: StatementArguments = [Int64(block.run.rawValue), block.number]
        let stored = try Data.fetchOne(
            try database.cachedStatement(sql: "SELECT bits FROM done WHERE run = ? AND block = ?"),
            arguments: arguments
        )
        // No zeros after the last bit: thousands of runs of a few cells have rows of a few bytes.
        var bits = stored.map(Array.init) ?? []
        for cell in cells {
            let bit = cell.rawValue % CellBitmap.blockSize
            if bits.count <= bit / 8 { bits += repeatElement(0, count: bit / 8 + 1 - bits.count) }
            bits[bit / 8] |= 1 << UInt8(bit % 8)
        }
        try database.cachedStatement(sql: "INSERT OR REPLACE INTO done(run, block, bits) VALUES (?, ?, ?)")
            .execute(arguments: arguments + [Data(bits)])
    }

    private static func write(
        _ exception: CellException?,
        of cell: CellID,
        in run: RunID,
        log: [UInt8]?,
        into database: Database
    ) throws {
        guard let exception else {
            try database.cachedStatement(sql: "DELETE FROM exception WHERE run = ? AND cell = ?")
                .execute(arguments: [Int64(run.rawValue), cell.rawValue])
            return
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO exception(run, cell, state, attempts, crashes, kind, text, log) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(run, cell) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                    crashes = excluded.crashes, kind = excluded.kind, text = excluded.text,
                    log = coalesce(excluded.log, log)
                """
        ).execute(
            arguments: [
                Int64(run.rawValue), cell.rawValue, exception.state.rawValue, exception.attempts, exception.crashes,
                exception.kind.rawValue, exception.text, log.map { Data($0) },
            ]
        )
    }

    package static func timestamp() -> String { Date().formatted(.iso8601) }
}
