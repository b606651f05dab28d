import Foundation
package import RouteGridBase

/// A copy of a coordinator's records that is safe on any file system, network ones too: files that are only appended to
/// or replaced whole.
///
/// `records.jsonl` and `runs.jsonl` (records and facts of their execution in commit order), `blobs/ab/cdef…`,
/// `grids/N.json` (each run with its lock and state), `grants/N.json` (its ledger of grants), `divergences.jsonl`
/// (results that differ from the recorded ones of their keys), and `position.json`, which states how much of the logs
/// is whole. What a crash left after that position is truncated when the backup resumes. `lock` keeps a second backup
/// out.
package struct BackupFolder: Sendable {
    package let path: String

    /// How much was copied.
    package struct Position: Hashable, Sendable {
        /// The identity of the coordinator's state folder, in hex.
        package var coordinator: String
        /// The sequence number of the last record.
        package var sequence: UInt64 = 0
        package var recordBytes = 0
        package var factBytes = 0
        /// The number of the last divergence.
        package var divergence = 0
        package var divergenceBytes = 0
        /// Records up to the last one that are not in the copy, because they were damaged or lack their blob.
        package var leftOut = 0
    }

    package init(path: String) { self.path = path }

    package var records: String { path + "/records.jsonl" }
    package var facts: String { path + "/runs.jsonl" }
    package var divergences: String { path + "/divergences.jsonl" }
    package var grids: String { path + "/grids" }
    /// Which keys were granted which cells, a file a run.
    package func grants(ofRun number: Int) -> String { path + "/grants/\(number).json" }
    var lock: String { path + "/lock" }
    private var positionFile: String { path + "/position.json" }

    package func blob(_ digest: Digest) -> String { "\(path)/blobs/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))" }

    /// The position of the copy; nil when there is none yet.
    package func position() throws(RouteGridError) -> Position? {
        guard let data = FileManager.default.contents(atPath: positionFile) else { return nil }
        let json = try JSONValue(parsing: data, place: positionFile)
        guard let coordinator = json["coordinator"]?.stringValue, let sequence = json["sequence"]?.integerValue,
            let recordBytes = json["record_bytes"]?.integerValue, let factBytes = json["fact_bytes"]?.integerValue
        else { throw .badInput(positionFile, "expected coordinator, sequence, record_bytes and fact_bytes") }
        return Position(
            coordinator: coordinator,
            sequence: UInt64(clamping: sequence),
            recordBytes: recordBytes,
            factBytes: factBytes,
            // Copies of an older version do not have it.
            divergence: json["divergence"]?.integerValue ?? 0,
            divergenceBytes: json["divergence_bytes"]?.integerValue ?? 0,
            leftOut: json["left_out"]?.integerValue ?? 0
        )
    }

    func write(_ position: Position) throws(RouteGridError) {
        let json: JSONValue = [
            "schema": "routegrid/backup/v1", "coordinator": .string(position.coordinator),
            "sequence": JSONValue(Int(clamping: position.sequence)), "record_bytes": JSONValue(position.recordBytes),
            "fact_bytes": JSONValue(position.factBytes), "divergence": JSONValue(position.divergence),
            "divergence_bytes": JSONValue(position.divergenceBytes), "left_out": JSONValue(position.leftOut),
        ]
        try DurableFile.write(json.jsonBytes(), to: positionFile, makingFolder: path)
    }

    /// A folder without a position is new: a file in it under a log's name is not ours.
    ///
    /// - Throws: `badInput` naming the file.
    func refuseForeignFiles() throws(RouteGridError) {
        for file in [records, facts, divergences] where FileManager.default.fileExists(atPath: file) {
            throw .badInput(file, "belongs to no backup: there is no position.json beside it; use another folder")
        }
    }
}
