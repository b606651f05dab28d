import Foundation
import Grid
package import RouteGridBase
package import Wire

/// A result in the right form that nobody computed.
package struct MadeUpResult {
    package var cell: CellID
    package let jobKey: JobKey
    package var digest: Digest
    package var record: [UInt8]
    package var facts: [UInt8]
    /// The blobs that the message lists, and those that travel inside.
    package var blobs: [Digest] = []
    package var inline: [[UInt8]] = []

    /// `choices`: the blob that the record names.
    package init(_ cell: WireLeasedCell, padding: Int = 0, says text: String = "right", choices: Digest? = nil) throws {
        self.cell = cell.cellID
        jobKey = try JobKey(field: cell.jobKey, "job_key")
        let job: JSONValue = ["kind": "evaluate"]
        var result: JSONValue = [
            "n": 1, "padding": .string(String(repeating: "x", count: padding)), "says": .string(text),
        ]
        if let choices { result = MetricRecord.result(result, choices: choices, points: 1, items: 1) }
        blobs = choices.map { [$0] } ?? []
        digest = Digest(hashing: job.canonicalBytes() + result.canonicalBytes())
        let members: JSONValue = [
            "schema": "routegrid/record/v1", "job_key": .string(jobKey.hex),
            "fit_key": .string(Digest(hashing: [0]).hex), "result_sha256": .string(digest.hex), "job": job,
            "result": result,
        ]
        record = members.jsonBytes()
        facts = JSONValue.object(["attempt": 1, "job_key": .string(jobKey.hex)]).jsonBytes()
    }
}
