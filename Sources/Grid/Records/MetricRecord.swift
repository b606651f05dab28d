package import Catalog
package import RouteGridBase
import RoutingData

/// One line of `records.jsonl`: what was computed for a job key.
///
/// `job` is what people read of the two keys, with the labels of the grid that computed it first; `result` is a
/// function of the job key. `result_sha256` = SHA-256(canon(job without its labels) ‖ canon(result)), so that the same
/// result under another dataset name is the same result.
package struct MetricRecord: Hashable, Sendable {
    package static let schema = "routegrid/record/v1"

    package let jobKey: JobKey
    package let fitKey: FitKey
    package let resultDigest: Digest
    package let job: JSONValue
    package let result: JSONValue
    /// The JSON line, without its line feed.
    package let line: [UInt8]

    private init(jobKey: JobKey, fitKey: FitKey, job: JSONValue, result: JSONValue) {
        self.jobKey = jobKey
        self.fitKey = fitKey
        self.job = job
        self.result = result
        resultDigest = Self.digest(job: job, result: result)
        line = RecordLine(schema: Self.schema, jobKey: jobKey, fitKey: fitKey, job: job)
            .bytes(with: ["result_sha256": .string(resultDigest.hex), "result": result])
    }

    private init(head: RecordLine, result: JSONValue, resultDigest: Digest, line: [UInt8]) {
        (jobKey, fitKey, job) = (head.jobKey, head.fitKey, head.job)
        (self.result, self.resultDigest, self.line) = (result, resultDigest, line)
    }

    /// The record of a result.
    ///
    /// `labels` is an object with members of ``RecordLabels/names``; `result` is the whole `result` object, `choices`
    /// included (see ``result(_:choices:points:items:)``). `jobKey` saves hashing the job where its key is known; `job`
    /// is one of the fit.
    package static func make(
        fit: FitIdentity,
        job: JobIdentity,
        labels: JSONValue,
        result: JSONValue,
        jobKey: JobKey? = nil
    ) -> MetricRecord {
        MetricRecord(
            jobKey: jobKey ?? job.key,
            fitKey: job.fit,
            job: RecordedJob.json(fit: fit, job: job, labels: labels),
            result: result
        )
    }

    /// A result with the digest of its choices blob (`[points, items]`) put in.
    package static func result(
        _ result: JSONValue,
        choices: Digest,
        type: ChoiceType = .u8,
        points: Int,
        items: Int
    ) -> JSONValue {
        var members = result.objectValue ?? [:]
        members["choices"] = [
            "sha256": .string(choices.hex), "dtype": .string(type.rawValue),
            "shape": [JSONValue(points), JSONValue(items)],
        ]
        return .object(members)
    }

    /// Reads and checks a line of `records.jsonl`.
    ///
    /// `line` is one JSON object, with or without its line feed; `place` the file and line number, such as
    /// `records.jsonl:7`.
    /// - Throws: ``RouteGridError`` `badInput` for another schema, a missing or unknown member, or a result that does
    ///   not have the digest it claims.
    package init(line: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        let line = Array(line)
        let json = try JSONValue(parsing: line, place: place)
        try self.init(json: json, checked: try? CheckedRecord(line, place: place), line: line, place: place)
    }

    /// A line that was found right as it stands is kept so; another one may be right in another form.
    private init(json: JSONValue, checked: CheckedRecord?, line: [UInt8], place: String) throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        let head = try RecordLine(from: &object, schema: Self.schema, place: place)
        let claimed = try object.digest("result_sha256")
        let result = try object.required("result")
        try object.finish()
        guard result.objectValue != nil else { throw .badInput(place, "expected result to be an object") }
        if checked != nil {
            self.init(head: head, result: result, resultDigest: claimed, line: line)
            return
        }
        self.init(jobKey: head.jobKey, fitKey: head.fitKey, job: head.job, result: result)
        guard resultDigest == claimed else {
            throw .badInput(place, "the result does not have its digest: expected \(claimed), found \(resultDigest)")
        }
    }

    /// The digest of the choices blob, when the result has one.
    package var choices: Digest? { result["choices"]?["sha256"]?.stringValue.flatMap { Digest(hex: $0) } }

    /// How that blob holds its choices.
    package var choiceType: ChoiceType { ChoiceType(result) }

    private static func digest(job: JSONValue, result: JSONValue) -> Digest {
        let members = (job.objectValue ?? [:]).filter { !RecordLabels.names.contains($0.key) }
        return Digest(hashing: JSONValue.object(members).canonicalBytes() + result.canonicalBytes())
    }
}

extension ChoiceType {
    /// The type that a record's `result` names; `u8` when it names none.
    package init(_ result: JSONValue) {
        self = result["choices"]?["dtype"]?.stringValue.flatMap(ChoiceType.init(rawValue:)) ?? .u8
    }
}
