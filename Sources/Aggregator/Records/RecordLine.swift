import Foundation
import RouteGridBase

/// The line of a metric record.
enum RecordLine {
    /// Members of `job` that no hash covers.
    static let labels: Set<String> = ["dataset", "models", "encoder", "prices"]
    static let schema = "routegrid/record/v1"

    static func parse(_ line: Data, place: String) throws(RouteGridError) -> ScoredRecord {
        let json = try JSONValue(parsing: line, place: place)
        guard json["schema"]?.stringValue == schema else {
            throw .badInput(place, "expected a record with \"schema\":\"\(schema)\"")
        }
        guard let job = json["job"], let result = json["result"] else {
            throw .badInput(place, "expected \"job\" and \"result\"")
        }
        let hashed = (job.objectValue ?? [:]).filter { !labels.contains($0.key) }
        let found = Digest(hashing: JSONValue.object(hashed).canonicalBytes() + result.canonicalBytes())
        guard json["result_sha256"]?.stringValue == found.hex else {
            throw .badInput(place, "the result does not have its digest: found \(found)")
        }
        return try ScoredRecord(
            jobKey: try digest(json, "job_key", place),
            fitKey: try digest(json, "fit_key", place),
            resultDigest: try digest(json, "result_sha256", place),
            job: job,
            result: result,
            place: place
        )
    }

    private static func digest(_ json: JSONValue, _ name: String, _ place: String) throws(RouteGridError) -> Digest {
        guard let digest = (json[name]?.stringValue).flatMap({ Digest(hex: $0) }) else {
            throw .badInput(place, "expected 64 hex digits in \"\(name)\"")
        }
        return digest
    }
}
