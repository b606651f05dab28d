import Catalog
package import RouteGridBase

/// One line of `latency.jsonl`: how long a router took, and on what.
///
/// `job` is what was measured, in the words of a metric record; `measured` holds the figures and the facts of the
/// machine. Its digest covers `job` alone: two measurements of one job are never a divergence, the first one stays.
package struct LatencyRecord: Hashable, Sendable {
    package static let schema = "routegrid/latency/v1"

    package let jobKey: JobKey
    package let fitKey: FitKey
    package let job: JSONValue
    package let measured: JSONValue
    /// The JSON line, without its line feed.
    package let line: [UInt8]

    private init(jobKey: JobKey, fitKey: FitKey, job: JSONValue, measured: JSONValue) {
        (self.jobKey, self.fitKey) = (jobKey, fitKey)
        (self.job, self.measured) = (job, measured)
        line = RecordLine(schema: Self.schema, jobKey: jobKey, fitKey: fitKey, job: job)
            .bytes(with: ["measured": measured])
    }

    /// The record of a measurement.
    ///
    /// - Parameters:
    ///   - fit: the fit whose router was measured.
    ///   - job: what was asked for.
    ///   - labels: an object with members of ``RecordLabels/names``.
    ///   - measured: the figures.
    /// - Returns: the record.
    package static func make(
        fit: FitIdentity,
        job: LatencyIdentity,
        labels: JSONValue,
        measured: JSONValue
    ) -> LatencyRecord {
        LatencyRecord(
            jobKey: job.key,
            fitKey: job.fit,
            job: RecordedJob.json(fit: fit, job: job, labels: labels),
            measured: measured
        )
    }

    /// Reads a line of `latency.jsonl`.
    ///
    /// - Throws: ``RouteGridError`` `badInput` for another schema or a missing, wrong or unknown member.
    package init(line: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        var object = try StrictObject(try JSONValue(parsing: line, place: place), place: place)
        let head = try RecordLine(from: &object, schema: Self.schema, place: place)
        let measured = try object.required("measured")
        try object.finish()
        guard measured.objectValue != nil else { throw .badInput(place, "expected measured to be an object") }
        self.init(jobKey: head.jobKey, fitKey: head.fitKey, job: head.job, measured: measured)
    }

    /// What is compared when a job is committed twice: the job and nothing that was measured.
    package var resultDigest: Digest { job.digest }
}
