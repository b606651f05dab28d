import Foundation
import GRDB
import Grid
import RouteGridBase

/// The tables of the record store.
///
/// Migrations are appended, never changed.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 records, runs, done cells, exceptions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
                    CREATE TABLE run(
                        id INTEGER PRIMARY KEY, name TEXT NOT NULL, lock_sha BLOB NOT NULL, lock BLOB NOT NULL,
                        state TEXT NOT NULL, priority INTEGER NOT NULL, stage INTEGER NOT NULL DEFAULT 1,
                        reason TEXT NOT NULL DEFAULT '', submitted_at TEXT NOT NULL);
                    CREATE TABLE record(
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, job_key BLOB NOT NULL UNIQUE, result_sha BLOB NOT NULL,
                        body BLOB NOT NULL, run_info BLOB);
                    CREATE TABLE done(run INTEGER, block INTEGER, bits BLOB NOT NULL, PRIMARY KEY(run, block)) WITHOUT ROWID;
                    CREATE TABLE exception(
                        run INTEGER, cell INTEGER, state TEXT NOT NULL, attempts INTEGER NOT NULL,
                        crashes INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, log BLOB,
                        PRIMARY KEY(run, cell)) WITHOUT ROWID;
                    CREATE TABLE divergence(
                        id INTEGER PRIMARY KEY, job_key BLOB NOT NULL, first_sha BLOB NOT NULL, second_sha BLOB NOT NULL,
                        worker TEXT NOT NULL, body BLOB NOT NULL, at TEXT NOT NULL, UNIQUE(job_key, second_sha));
                    CREATE TABLE blob(sha BLOB PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB);
                    CREATE TABLE access(
                        public_key TEXT PRIMARY KEY, role TEXT NOT NULL, name TEXT NOT NULL, added_at TEXT NOT NULL,
                        revoked_at TEXT);
                    CREATE TABLE audit(
                        id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
                        detail TEXT NOT NULL);
                    """
            )
        }
        migrator.registerMigration("2 frozen selections, test reads") { database in
            try database.execute(
                sql: """
                    ALTER TABLE run ADD COLUMN selection_sha BLOB;
                    CREATE TABLE test_read(
                        data BLOB, split TEXT, configuration BLOB, PRIMARY KEY(data, split, configuration)) WITHOUT ROWID;
                    """
            )
            // Migration 5 counts anew.
        }
        migrator.registerMigration("3 runs of divergences") { database in
            try database.execute(sql: "ALTER TABLE divergence ADD COLUMN run INTEGER")
        }
        // Existing rows stay as they are; an older version could not read the new ones.
        migrator.registerMigration("4 done cells without the zeros behind the last") { _ in }
        migrator.registerMigration("5 test reads by items, over pools and prices") { database in
            try database.execute(
                sql: """
                    DROP TABLE test_read;
                    CREATE TABLE item_read(
                        samples BLOB, items TEXT, configuration BLOB,
                        PRIMARY KEY(samples, items, configuration)) WITHOUT ROWID;
                    """
            )
            try RecordStore.countTestReads(in: database)
        }
        migrator.registerMigration("6 grants") { database in
            try database.execute(
                sql: """
                    CREATE TABLE granted(
                        run INTEGER, first INTEGER, holder TEXT, cells INTEGER NOT NULL,
                        PRIMARY KEY(run, first, holder)) WITHOUT ROWID;
                    """
            )
        }
        migrator.registerMigration("7 audited cells") { database in
            try database.execute(
                sql: """
                    CREATE TABLE audited(
                        run INTEGER, cell INTEGER, job_key BLOB NOT NULL, place INTEGER, holder TEXT NOT NULL,
                        host TEXT NOT NULL, worker TEXT NOT NULL, result_sha BLOB NOT NULL,
                        PRIMARY KEY(run, cell, place)) WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }
}
