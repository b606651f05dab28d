import GRDB
import GRDBSQLite

/// A prepared statement on SQLite's own interface, for statements that run once per record: arguments are not copied.
struct RawStatement {
    private let database: Database
    private let handle: SQLiteStatement

    init(_ sql: String, _ database: Database) throws {
        self.database = database
        handle = try database.cachedStatement(sql: sql).sqliteStatement
        // GRDB shares the statement with every user of the same text, and leaves it after its last step: SQLite binds
        // nothing then.
        sqlite3_reset(handle)
    }

    /// Binds memory that stays in place until ``run()``.
    func bind(_ bytes: UnsafeRawBufferPointer, _ index: Int32) throws {
        // A null pointer would be NULL, and not an empty blob.
        try check(
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), nil)
        )
    }

    func bind(_ number: Int, _ index: Int32) throws { try check(sqlite3_bind_int64(handle, index, Int64(number))) }

    /// Takes one step and clears the arguments; returns whether there was a row.
    @discardableResult
    func run() throws -> Bool {
        let code = sqlite3_step(handle)
        let message = code == SQLITE_DONE || code == SQLITE_ROW ? nil : database.lastErrorMessage
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        return code == SQLITE_ROW
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
        }
    }
}
