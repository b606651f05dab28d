import Foundation
import GRDB
import Grid
import RouteGridBase

extension RecordStore {
    /// Fills an empty store from a backup: records, blobs, and runs in the state they had.
    ///
    /// Each record is checked against its own digest. Cells are found recorded when a run reaches them; counters of
    /// failures start anew.
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
        for (index, pair) in zip(lines, facts).enumerated() {
            let record = try CommittedLine(pair.0, place: "\(folder.records):\(index + 1)")
            if let digest = record.choices { try restoreBlob(digest, from: folder) }
            try write {
                try $0.cachedStatement(
                    sql: "INSERT OR IGNORE INTO record(job_key, result_sha, body, run_info) VALUES (?, ?, ?, ?)"
                ).execute(
                    arguments: [Data(record.jobKey), Data(record.resultDigest), Data(record.line), Data(pair.1)]
                )
                if case .metric(let metric) = record, let read = TestRead(job: metric.job) {
                    try Self.insert(read, into: $0)
                }
            }
        }
        return (lines.count, try restoreGrids(from: folder))
    }

    private func restoreGrids(from folder: BackupFolder) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.grids).filter { $0.hasSuffix(".json") }
        let numbers = names.compactMap { Int($0.dropLast(5)) }.sorted()
        for number in numbers {
            let path = "\(folder.grids)/\(number).json"
            let run = try JSONValue(parsing: FileManager.default.contents(atPath: path) ?? Data(), place: path)
            guard let text = run["lock"]?.stringValue, let state = run["state"]?.stringValue else {
                throw RouteGridError.badInput(path, "expected lock and state")
            }
            let lock = Array(text.utf8)
            // A finished run looks its cells up again: it is finished at once when every record is there.
            let resumed = state == RunState.finished.rawValue ? RunState.active.rawValue : state
            for digest in try GridLock(parsing: lock, place: path).blobs { try restoreBlob(digest, from: folder) }
            let selection = run["selection"]?.stringValue.flatMap { Digest(hex: $0) }
            if let selection { try restoreBlob(selection, from: folder) }
            try write {
                try $0.execute(
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
        }
        return numbers.count
    }

    private func restoreBlob(_ digest: Digest, from folder: BackupFolder) throws {
        guard try !hasBlob(digest) else { return }
        let path = folder.blob(digest)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RouteGridError.badInput(path, "missing; a record or grid of the backup names it")
        }
        let bytes = Array(data)
        guard Digest(hashing: bytes) == digest else {
            throw RouteGridError.badInput(path, "its bytes are not those of its name")
        }
        try putBlob(digest, bytes: bytes)
    }
}
