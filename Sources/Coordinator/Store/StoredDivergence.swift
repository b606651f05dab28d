import Foundation
import GRDB
package import RouteGridBase

/// A result that differs from the recorded one of its key, as stored.
package struct StoredDivergence: Hashable, Sendable {
    package static let schema = "routegrid/divergence/v1"

    /// Grows with each divergence.
    package var id: Int
    package var jobKey: JobKey
    package var first: Digest
    package var second: Digest
    package var worker: String
    package var at: String
    /// The run that computed it; 0 when an older version wrote it.
    package var run: RunID
    /// The second record: one JSON line.
    package var body: [UInt8]

    init?(_ row: Row) {
        guard let key = JobKey(column: row["job_key"]), let first = Digest(column: row["first_sha"]),
            let second = Digest(column: row["second_sha"])
        else { return nil }
        (jobKey, self.first, self.second) = (key, first, second)
        id = row["id"]
        worker = row["worker"]
        at = row["at"]
        run = RunID(UInt64((row["run"] as Int64?) ?? 0))
        body = Array(row["body"] as Data)
    }

    /// One line of a backup.
    package var json: JSONValue {
        [
            "schema": .string(Self.schema), "id": JSONValue(id), "job_key": .string(jobKey.hex),
            "first": .string(first.hex), "second": .string(second.hex), "worker": .string(worker), "at": .string(at),
            "run": JSONValue(Int(clamping: run.rawValue)), "record": .string(String(decoding: body, as: UTF8.self)),
        ]
    }

    /// - Throws: `badInput` when it is no line of a backup.
    package init(line: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        let json = try JSONValue(parsing: line, place: place)
        guard json["schema"]?.stringValue == Self.schema, let id = json["id"]?.integerValue,
            let key = json["job_key"]?.stringValue.flatMap({ JobKey(hex: $0) }),
            let first = json["first"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let second = json["second"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let worker = json["worker"]?.stringValue, let at = json["at"]?.stringValue,
            let run = json["run"]?.integerValue, let record = json["record"]?.stringValue
        else { throw .badInput(place, "expected a line of \(Self.schema)") }
        (self.id, jobKey, self.first, self.second) = (id, key, first, second)
        (self.worker, self.at, self.run) = (worker, at, RunID(UInt64(clamping: run)))
        body = Array(record.utf8)
    }

    /// Writes it unchanged.
    func insert(into database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO divergence(id, job_key, first_sha, second_sha, worker, body, at, run)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                id, Data(jobKey), Data(first), Data(second), worker, Data(body), at,
                run.rawValue == 0 ? nil : Int64(clamping: run.rawValue),
            ]
        )
    }
}
