import Foundation
import GRDB
import Grid
import RouteGridBase

extension RecordStore {
    /// Fills an empty store from a backup: records, blobs, differing results, and runs in the state they had.
    ///
    /// Each record is checked against its own digest. Cells are found recorded when a run reaches them; counters of
    /// failures start anew. All of it is one transaction, with one sync: what is damaged leaves the store empty.
    ///
    /// - Returns: how many records and runs came back.
    /// - Throws: `badInput` naming the file and line that is damaged; `usage` when the store is not empty.
    package func restore(from folder: BackupFolder) throws -> (records: Int, runs: Int) {
        guard try counts().records == 0, try runs().isEmpty else {
            throw RouteGridError(.usage, "the state folder has records already; --restore fills an empty one")
        }
        guard let position = try folder.position() else {
            throw RouteGridError.badInput(folder.path, "no backup: position.json is missing")
        }
        let lines = try folder.lines(folder.records, byteCount: position.recordBytes)
        let facts = try folder.lines(folder.facts, byteCount: position.factBytes)
        guard lines.count == facts.count else {
            throw RouteGridError.badInput(folder.facts, "\(facts.count) lines for \(lines.count) records")
        }
        let divergences = try folder.lines(folder.divergences, byteCount: position.divergenceBytes)
        return try write { database in
            var restoring = try Restoring(store: self, folder: folder, database: database)
            for (index, pair) in zip(lines, facts).enumerated() {
                try restoring.insert(record: pair.0, facts: pair.1, place: "\(folder.records):\(index + 1)")
            }
            for (index, line) in divergences.enumerated() {
                try StoredDivergence(line: line, place: "\(folder.divergences):\(index + 1)").insert(into: database)
            }
            return (lines.count, try restoring.insertGrids())
        }
    }
}

/// One transaction that fills a store from a backup.
private struct Restoring {
    let store: RecordStore
    let folder: BackupFolder
    let database: Database
    private var inserts: RecordInserts
    private var blobs: Set<Digest> = []
    /// Blobs of so many bytes are rows, as those that come inside a result are.
    private static let rowLimit = 256 << 10

    init(store: RecordStore, folder: BackupFolder, database: Database) throws {
        (self.store, self.folder, self.database) = (store, folder, database)
        inserts = try RecordInserts(database)
    }

    mutating func insert(record line: ArraySlice<UInt8>, facts: ArraySlice<UInt8>, place: String) throws {
        let record = try CommittedLine(line, place: place)
        if let digest = record.choices { try insertBlob(digest) }
        var row = ResultRow(
            run: RunID(0),
            cell: 0,
            jobKey: record.jobKey,
            resultDigest: record.resultDigest,
            body: record.line[...],
            runInfo: facts,
            worker: ""
        )
        if case .metric(let metric) = record { row.testRead = TestRead(job: metric.job) }
        _ = try inserts.insert(row)
        if let read = row.testRead { try RecordStore.insert(read, into: database) }
    }

    /// - Returns: how many there are.
    mutating func insertGrids() throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.grids).filter { $0.hasSuffix(".json") }
        let numbers = names.compactMap { Int($0.dropLast(5)) }.sorted()
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
        // A finished run looks its cells up again: it is finished at once when every record is there.
        let resumed = state == RunState.finished.rawValue ? RunState.active.rawValue : state
        for digest in try GridLock(parsing: lock, place: path).blobs { try insertBlob(digest) }
        let selection = run["selection"]?.stringValue.flatMap { Digest(hex: $0) }
        if let selection { try insertBlob(selection) }
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
    }

    private mutating func insertBlob(_ digest: Digest) throws {
        guard blobs.insert(digest).inserted else { return }
        let path = folder.blob(digest)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RouteGridError.badInput(path, "missing; a record or grid of the backup names it")
        }
        let bytes = Array(data)
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
}
