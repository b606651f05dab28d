import Foundation
import GRDB
package import RouteGridBase

/// Runs, records and the state of every cell, in one SQLite file (WAL, `synchronous=FULL`: what is committed survives
/// power loss).
///
/// Only the coordinator opens it, once.
///
/// Every method blocks until the disk has answered: call it from the store's own thread, never from an event loop.
package final class RecordStore: Sendable {
    /// 16 random bytes, created with the folder; followers start again when it changes.
    package let identity: [UInt8]
    /// Grows at each start: the high half of every fence.
    package let epoch: UInt32
    package let folder: StateFolder
    let pool: DatabasePool
    private let isReadOnly: Bool
    /// SQLite must not be called after it is closed.
    private let isClosed = LockedBox(false)

    /// Opens or creates the store, migrates it, and begins a new epoch.
    ///
    /// - Throws: `system` with a remedy when the file is damaged; `badInput` when it was written by a newer version.
    package init(folder: StateFolder) throws(RouteGridError) {
        self.folder = folder
        isReadOnly = false
        do {
            var configuration = Configuration()
            configuration.label = "records"
            configuration.prepareDatabase { database in
                // For a new file only: records of a few kilobytes do not fill pages of 4 KiB, and each page is a write.
                try database.execute(sql: "PRAGMA page_size = 16384")
                try database.execute(sql: "PRAGMA wal_autocheckpoint = 1000")
                try database.execute(sql: "PRAGMA cache_size = -65536")
            }
            try Self.probe(folder.database)
            pool = try DatabasePool(path: folder.database, configuration: configuration)
            // After opening: when GRDB switches a database to WAL it sets the writer to NORMAL, which syncs no commit.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = StoreSchema.migrator
            guard try pool.read({ try !migrator.hasBeenSuperseded($0) }) else {
                throw RouteGridError.badInput(folder.database, "written by a newer routegrid; use that version")
            }
            try migrator.migrate(pool)
            (identity, epoch) = try pool.write { database in
                let stored = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'coordinator16'")
                let identity = stored ?? Data((0..<16).map { _ in UInt8.random(in: 0...255) })
                let epoch = try (UInt32.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'epoch'") ?? 0) + 1
                try database.execute(
                    sql: "INSERT OR REPLACE INTO meta VALUES ('coordinator16', ?), ('epoch', ?)",
                    arguments: [identity, epoch]
                )
                return (Array(identity), epoch)
            }
        } catch {
            throw Self.explain(error, folder: folder)
        }
    }

    /// Opens the store for reading only; a coordinator may use it meanwhile.
    ///
    /// - Throws: `system` when it cannot be read; `badInput` when it was written by a newer version.
    package init(reading folder: StateFolder) throws(RouteGridError) {
        self.folder = folder
        isReadOnly = true
        do {
            var configuration = Configuration()
            configuration.label = "records, reading"
            configuration.readonly = true
            configuration.maximumReaderCount = 1
            pool = try DatabasePool(path: folder.database, configuration: configuration)
            guard try pool.read({ try !StoreSchema.migrator.hasBeenSuperseded($0) }) else {
                throw RouteGridError.badInput(folder.database, "written by a newer routegrid; use that version")
            }
            (identity, epoch) = try pool.read { database in
                let name = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'coordinator16'")
                let epoch = try UInt32.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'epoch'")
                return (name.map(Array.init) ?? [], epoch ?? 0)
            }
        } catch {
            throw Self.explain(error, folder: folder)
        }
    }

    /// Reads an existing file without changing it, so that a damaged one stays as it was found.
    private static func probe(_ path: String) throws {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        guard let size, size > 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { database in
            for table in try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'") {
                _ = try Row.fetchOne(database, sql: "SELECT * FROM \(table.quotedDatabaseIdentifier) LIMIT 1")
            }
        }
        try queue.close()
    }

    /// Turns a failed call into an error for people, whose code states whether a retry can help.
    package static func explain(_ error: any Error, folder: StateFolder) -> RouteGridError {
        if let known = error as? RouteGridError { return known }
        guard let error = error as? DatabaseError else {
            return RouteGridError(.system, "\(folder.database): \(error)")
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return RouteGridError(
                .system,
                "\(folder.database): the record store is damaged (\(error.message ?? "unreadable")); nothing was changed. "
                    + "Move the folder away and start `routegrid coordinator --restore BACKUP`, or start with an empty folder "
                    + "and submit again"
            )
        case .SQLITE_IOERR where [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].contains(error.extendedResultCode):
            // The kernel may have dropped what it could not write, and the next sync would report success: only reading
            // the log anew shows what is there.
            return RouteGridError(
                .system,
                "\(folder.database): the disk did not confirm a write (\(error.message ?? "sync failed")); nothing of it was "
                    + "acknowledged. Check the disk, then start the coordinator again on the same folder"
            )
        case .SQLITE_FULL, .SQLITE_IOERR:
            return RouteGridError(.temporary, "\(folder.database): \(error.message ?? "the disk is full")")
        default:
            return RouteGridError(.system, "\(folder.database): \(error.message ?? String(describing: error))")
        }
    }

    private func explaining<Value>(_ body: () throws -> Value) throws(RouteGridError) -> Value {
        do { return try body() } catch { throw Self.explain(error, folder: folder) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(RouteGridError) -> Value {
        try explaining { try pool.write(body) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(RouteGridError) -> Value {
        try explaining { try pool.read(body) }
    }

    /// SQLite's own check of the whole file: "ok", or what is wrong.
    package func integrityCheck() throws(RouteGridError) -> String {
        try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(10)").joined(separator: "; ") }
    }

    /// The journal mode of the writing connection, and its `synchronous`: 2 for `FULL`.
    package func durability() throws(RouteGridError) -> (journal: String, synchronous: Int) {
        try explaining {
            try pool.writeWithoutTransaction { database in
                (
                    try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "",
                    try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? 0
                )
            }
        }
    }

    /// Moves the write-ahead log into the file and closes both.
    ///
    /// The pool closes its writer before its readers, so SQLite would leave the log behind: that is safe, but a copy of
    /// the file alone would lack it.
    package func close() {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        if wasClosed { return }
        if !isReadOnly { _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
        try? pool.close()
    }
}

extension Data {
    init(_ digest: Digest) { self.init(digest.bytes) }
    init(_ key: some DigestKey) { self.init(key.bytes) }
}

extension Digest {
    init?(column: Data?) {
        guard let column else { return nil }
        self.init(bytes: column)
    }
}

extension JobKey {
    init?(column: Data?) {
        guard let column else { return nil }
        self.init(bytes: column)
    }
}
