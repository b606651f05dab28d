import Foundation
import GRDB
import Grid
import RouteGridBase
import Scheduling

/// Records of a backup that are being restored into a store.
struct RestoringRecords {
    private var blobs: RestoringBlobs
    /// Jobs without their budgets whose test reads were written: neighbouring records often share them.
    private var reads: Set<[UInt8]> = []
    private static let readsKept = 4_096

    init(store: RecordStore, folder: BackupFolder, database: Database) throws {
        blobs = try RestoringBlobs(store: store, folder: folder, database: database)
    }

    mutating func insert(record line: ArraySlice<UInt8>, facts: ArraySlice<UInt8>, place: String) throws {
        let record = try CheckedRecord(line, place: place)
        if let digest = record.choices { try blobs.insert(digest) }
        let row = ResultRow(
            run: RunID(0),
            cell: 0,
            jobKey: record.jobKey,
            resultDigest: record.resultDigest,
            body: line,
            runInfo: facts,
            worker: ""
        )
        _ = try blobs.inserts.insert(row)
        guard !record.isLatency else { return }
        func part(_ range: Range<Int>) -> ArraySlice<UInt8> {
            line[line.startIndex + range.lowerBound..<line.startIndex + range.upperBound]
        }
        if reads.count >= Self.readsKept { reads = [] }
        guard reads.insert(Array(part(record.jobBehindBudget))).inserted else { return }
        if let read = TestRead(job: try JSONValue(parsing: part(record.job), place: place)) {
            try RecordStore.insert(read, into: blobs.database)
        }
    }
}

/// Blobs of a backup, and the runs that read some of them, that are being restored into a store.
struct RestoringBlobs {
    private let store: RecordStore
    private let folder: BackupFolder
    let database: Database
    var inserts: RecordInserts
    /// Smaller blobs are stored as rows, as those inside a result are.
    private static let rowLimit = 256 << 10

    init(store: RecordStore, folder: BackupFolder, database: Database) throws {
        (self.store, self.folder, self.database) = (store, folder, database)
        inserts = try RecordInserts(database)
    }

    mutating func insert(_ digest: Digest) throws {
        if try inserts.hasBlob(digest) { return }
        let path = folder.blob(digest)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw RouteGridError.badInput(path, "missing; a record or grid of the backup names it")
        }
        let bytes = Array(try file.readToEnd() ?? Data())
        try file.close()
        guard Digest(hashing: bytes) == digest else {
            throw RouteGridError.badInput(path, "its bytes are not those of its name")
        }
        if bytes.count <= Self.rowLimit {
            try inserts.insert(ResultRow.InlineBlob(digest: digest, bytes: bytes[...]))
        } else {
            try store.writeFile(of: digest, bytes: bytes)
            try RecordStore.nameFile(of: digest, byteCount: bytes.count, in: database)
        }
    }

    /// Inserts all runs.
    ///
    /// - Returns: their number.
    mutating func insertGrids() throws -> Int {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder.grids) } catch {
            throw RouteGridError.badInput(folder.grids, "cannot be read: \(error.localizedDescription)")
        }
        let numbers = names.compactMap { $0.hasSuffix(".json") ? Int($0.dropLast(5)) : nil }.filter { $0 > 0 }.sorted()
        for number in numbers { try insertGrid(number) }
        return numbers.count
    }

    private mutating func insertGrid(_ number: Int) throws {
        let path = "\(folder.grids)/\(number).json"
        let run = try JSONValue(parsing: FileManager.default.contents(atPath: path) ?? Data(), place: path)
        guard let text = run["lock"]?.stringValue, let state = run["state"]?.stringValue else {
            throw RouteGridError.badInput(path, "expected lock and state")
        }
        let lock = Array(text.utf8)
        // A finished run looks its cells up again, and finishes at once when every record is there.
        let resumed = state == RunState.finished.rawValue ? RunState.active.rawValue : state
        // The coordinator sets aside a run that it cannot load; the other records do not wait for it.
        for digest in (try? GridLock(parsing: lock, place: path, revisions: .any))?.blobs ?? [] { try insert(digest) }
        let selection = run["selection"]?.stringValue.flatMap { Digest(hex: $0) }
        if let selection { try insert(selection) }
        try database.execute(
            sql: """
                INSERT INTO run(
                    id, name, lock_sha, lock, state, priority, reason, submitted_at, stage, selection_sha)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, run["name"]?.stringValue ?? "", Data(Digest(hashing: lock)), Data(lock), resumed,
                run["priority"]?.integerValue ?? 0, run["reason"]?.stringValue ?? "",
                run["submitted"]?.stringValue ?? "", selection == nil ? 1 : 2, selection.map { Data($0) },
            ]
        )
        // Without it, as in a copy of an older version, results of before are refused, and their cells run again.
        let ledger = folder.grants(ofRun: number)
        guard let bytes = FileManager.default.contents(atPath: ledger) else { return }
        let json = try JSONValue(parsing: bytes, place: ledger)
        for grant in try GrantLog.grants(of: RunID(UInt64(number)), in: json["grants"], place: ledger) {
            try RecordStore.insert(grant, into: database)
        }
    }
}
