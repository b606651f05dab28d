import Foundation
import GRDB
package import RouteGridBase

/// The progress of a restore.
package struct RestoreProgress: Hashable, Sendable {
    package var records = 0
    /// Of the records' log.
    package var readBytes = 0
    package var totalBytes = 0
}

extension RecordStore {
    /// Fills an empty store from a backup: records, blobs, differing results, and runs in the state they had.
    ///
    /// Each record is checked against its own digest. Cells are found recorded when a run reaches them; failure
    /// counters start anew. All of it is one transaction with one sync: damage leaves the store empty, and a restore
    /// that was killed is remembered (see `unfinishedRestore()`). Logs are read in parts, so memory does not grow
    /// with the number of records.
    ///
    /// - Parameters:
    ///   - folder: The backup.
    ///   - progress: Called every few thousand records.
    /// - Returns: how many records and runs were restored.
    /// - Throws: `badInput` naming the file and line that is damaged; `usage` when the store is not empty; `temporary`
    ///   on a full disk.
    package func restore(
        from folder: BackupFolder,
        progress: (RestoreProgress) -> Void = { _ in }
    ) throws -> (records: Int, runs: Int) {
        guard try counts().records == 0, try runs().isEmpty else {
            throw RouteGridError(.usage, "the state folder has records already; --restore fills an empty one")
        }
        guard let position = try folder.position() else {
            throw RouteGridError.badInput(folder.path, "no backup: position.json is missing")
        }
        try noteRestore(from: folder.path)
        return try write { database in
            let records = try Self.restoreRecords(folder, position, of: self, into: database, progress)
            var divergences = try LogLines(folder.divergences, byteCount: position.divergenceBytes)
            while let line = try divergences.next() {
                try StoredDivergence(line: line, place: divergences.place).insert(into: database)
            }
            var grids = try RestoringBlobs(store: self, folder: folder, database: database)
            let runs = try grids.insertGrids()
            try database.execute(sql: "DELETE FROM meta WHERE key = 'restoring'")
            return (records, runs)
        }
    }

    private static func restoreRecords(
        _ folder: BackupFolder,
        _ position: BackupFolder.Position,
        of store: RecordStore,
        into database: Database,
        _ progress: (RestoreProgress) -> Void
    ) throws -> Int {
        var restoring = try RestoringRecords(store: store, folder: folder, database: database)
        var lines = try LogLines(folder.records, byteCount: position.recordBytes)
        var facts = try LogLines(folder.facts, byteCount: position.factBytes)
        var done = RestoreProgress(totalBytes: position.recordBytes)
        while let line = try lines.next() {
            guard let fact = try facts.next() else {
                throw RouteGridError.badInput(folder.facts, "\(facts.count) lines for more records")
            }
            try restoring.insert(record: line, facts: fact, place: lines.place)
            done.records += 1
            done.readBytes += line.count + 1
            if done.records % 4_096 == 0 { progress(done) }
        }
        guard try facts.next() == nil else {
            throw RouteGridError.badInput(folder.facts, "more lines than the \(done.records) records")
        }
        return done.records
    }

    /// The backup of a restore into this store that was killed before its end; nil for all other stores.
    package func unfinishedRestore() throws(RouteGridError) -> String? {
        try read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'restoring'") }
    }

    private func noteRestore(from path: String) throws(RouteGridError) {
        try write { try $0.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('restoring', ?)", arguments: [path]) }
    }
}
