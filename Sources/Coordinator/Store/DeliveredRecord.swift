package import RouteGridBase

/// A record, and who delivered it as its line of `runs.jsonl` says.
package struct DeliveredRecord: Hashable, Sendable {
    /// The member of a line of `runs.jsonl` that a coordinator adds: the fingerprint of the delivering key.
    static let keyMember = "worker_key"

    package let sequence: UInt64
    package let jobKey: JobKey
    /// The fingerprint; nil where there were no keys, and of records of older versions.
    package let key: String?
    /// What the worker called itself.
    package let worker: String
    /// When the execution began, as the worker says.
    package let started: String

    init(sequence: UInt64, jobKey: JobKey, facts: [UInt8]) {
        let json = (try? JSONValue(parsing: facts, place: "facts")) ?? .null
        (self.sequence, self.jobKey) = (sequence, jobKey)
        key = json[Self.keyMember]?.stringValue
        worker = json["worker"]?.stringValue ?? ""
        started = json["started"]?.stringValue ?? ""
    }

    package var json: JSONValue {
        [
            "sequence": JSONValue(Int(clamping: sequence)), "job_key": .string(jobKey.hex),
            "key": key.map { .string($0) } ?? .null, "worker": .string(worker), "started": .string(started),
        ]
    }
}

/// Which records are meant.
package enum RecordSelection: Sendable {
    case cell(RunID, CellID)
    /// What the worker called itself.
    case worker(String)
    /// Fingerprints of keys.
    case keys(Set<String>)
}
