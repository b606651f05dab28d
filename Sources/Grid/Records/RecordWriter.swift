package import Catalog
package import RouteGridBase

/// Writes the records of evaluations that differ in nothing but their budget, as bytes.
///
/// What they share is rendered once. The lines and digests are those of ``MetricRecord``.
package struct RecordWriter: Sendable {
    // The `job` object from behind the budget's text to its end, plain with labels and canonical without them.
    private let plainJob: [UInt8]
    private let canonicalJob: [UInt8]
    /// The line up to the budget's text: `{"fit_key":"…","job":{"budget":"`.
    private let head: [UInt8]

    /// - Parameters:
    ///   - fit: the fit that is evaluated.
    ///   - job: one of the evaluations; its budget does not matter.
    ///   - labels: an object with members of ``RecordLabels/names``.
    package init(fit: FitIdentity, job: JobIdentity, labels: JSONValue) {
        var job = job
        // Its text is known, and budget is the first member of the object.
        job.budget = .exact
        let start = Array("{\"budget\":\"exact".utf8)
        let json = RecordedJob.json(fit: fit, job: job, labels: labels)
        let members = (json.objectValue ?? [:]).filter { !RecordLabels.names.contains($0.key) }
        let (plain, canonical) = (json.jsonBytes(), JSONValue.object(members).canonicalBytes())
        precondition(
            plain.starts(with: start) && canonical.starts(with: start),
            "a job whose first member is no budget"
        )
        plainJob = Array(plain.dropFirst(start.count))
        canonicalJob = Array(canonical.dropFirst(start.count))
        head =
            Array("{\"fit_key\":\"".utf8) + job.fit.hexBytes + Array("\",\"job\":".utf8)
            + start.dropLast("exact".utf8.count)
    }

    /// The record of one evaluation.
    ///
    /// `members` are those of `result` without `choices`; `choices` is the digest of the choices blob
    /// (`[points, items]`).
    /// - Returns: the JSON line without its line feed, and `result_sha256`.
    package func record(
        budget: Budget,
        jobKey: JobKey,
        members: EncodedJSON,
        choices: Digest,
        type: ChoiceType = .u8,
        points: Int,
        items: Int
    ) -> (line: [UInt8], resultDigest: Digest) {
        var result = EncodedJSON()
        result.reserve(max(members.plain.count, members.canonical.count) + 160)
        result.object {
            $0.member("choices")
            $0.object {
                $0.member("dtype")
                $0.string(type.rawValue)
                $0.member("sha256")
                $0.ascii(choices.hexBytes)
                $0.member("shape")
                $0.array {
                    for extent in [points, items] {
                        $0.element()
                        $0.integer(extent)
                    }
                }
            }
            $0.members(members)
        }
        let text = Array(budget.text.utf8)
        var hashed: [UInt8] = []
        hashed.reserveCapacity(16 + text.count + canonicalJob.count + result.canonical.count)
        hashed.append(contentsOf: "{\"budget\":\"".utf8)
        hashed.append(contentsOf: text)
        hashed.append(contentsOf: canonicalJob)
        hashed.append(contentsOf: result.canonical)
        let digest = Digest(hashing: hashed)

        var line: [UInt8] = []
        line.reserveCapacity(head.count + text.count + plainJob.count + result.plain.count + 256)
        line.append(contentsOf: head)
        line.append(contentsOf: text)
        line.append(contentsOf: plainJob)
        line.append(contentsOf: ",\"job_key\":\"".utf8)
        line.append(contentsOf: jobKey.hexBytes)
        line.append(contentsOf: "\",\"result\":".utf8)
        line.append(contentsOf: result.plain)
        line.append(contentsOf: ",\"result_sha256\":\"".utf8)
        line.append(contentsOf: digest.hexBytes)
        line.append(contentsOf: "\",\"schema\":\"\(MetricRecord.schema)\"}".utf8)
        return (line, digest)
    }

    /// The `result` in a line, when all around it is what this writer writes for an evaluation; else nil.
    package func result(in line: ArraySlice<UInt8>, budget: Budget, jobKey: JobKey) -> ArraySlice<UInt8>? {
        var rest = line
        for piece in [
            head, Array(budget.text.utf8), plainJob, Array(",\"job_key\":\"".utf8), jobKey.hexBytes,
            Array("\",\"result\":".utf8),
        ] {
            guard rest.starts(with: piece) else { return nil }
            rest = rest.dropFirst(piece.count)
        }
        let end = Array("\",\"schema\":\"\(MetricRecord.schema)\"}".utf8)
        guard rest.suffix(end.count).elementsEqual(end) else { return nil }
        rest = rest.dropLast(end.count + jobKey.hexBytes.count)
        let digest = Array(",\"result_sha256\":\"".utf8)
        guard rest.suffix(digest.count).elementsEqual(digest) else { return nil }
        return rest.dropLast(digest.count)
    }
}
