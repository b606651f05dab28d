import Coordinator
import Foundation
import GRDB
import RouteGridBase
import TestSupport

/// A record store in a folder of its own.
final class StoreBench {
    let temporary: TemporaryFolder
    private(set) var store: RecordStore

    init() throws {
        temporary = try TemporaryFolder()
        store = try RecordStore(folder: StateFolder(path: temporary.path("state")))
    }

    deinit { store.close() }

    var folder: String { temporary.path("state") }

    /// Closes the store and opens it again, as a restart does.
    func reopen() throws {
        store.close()
        // The old folder's lock goes with the old store.
        store = try RecordStore(folder: StateFolder(path: temporary.path("other")))
        let folder = try StateFolder(path: folder)
        store.close()
        store = try RecordStore(folder: folder)
    }

    func grantRows() throws -> Int {
        let queue = try DatabaseQueue(path: "\(folder)/records.sqlite")
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM granted") ?? 0 }
    }

    func addRun() throws -> RunID { try store.addRun(name: "demo", lock: Array("{}".utf8), priority: 3) }

    /// A result whose record says `text`.
    static func row(
        _ run: RunID,
        cell: CellID,
        key: String? = nil,
        text: String = "right",
        blobs: [String] = [],
        choices: String? = nil
    ) -> ResultRow {
        ResultRow(
            run: run,
            cell: cell,
            jobKey: self.key(key ?? "cell \(cell)"),
            resultDigest: Digest(hashing: Array(text.utf8)),
            body: Array("{\"text\":\"\(text)\"}".utf8)[...],
            runInfo: Array("{}".utf8)[...],
            blobs: blobs.map { ResultRow.InlineBlob(digest: blob($0), bytes: Array($0.utf8)[...]) },
            worker: "w1",
            choices: choices.map { blob($0) }
        )
    }

    static func key(_ name: String) -> JobKey { JobKey(hashing: Array("key \(name)".utf8)) }
    static func blob(_ text: String) -> Digest { Digest(hashing: Array(text.utf8)) }
}
