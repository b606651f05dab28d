package import RouteGridBase

/// A record's line whose digest was computed from its bytes, without building anything of it.
///
/// What it takes is a record to whoever reads the line later (see ``RecordScan``), and its result has the digest that
/// it claims.
package struct CheckedRecord: Hashable, Sendable {
    package let jobKey: JobKey
    package let fitKey: FitKey
    package let resultDigest: Digest
    /// The blob that says which model each item got; nil when the record names none.
    package let choices: Digest?
    package let isLatency: Bool
    /// Where the job stands in the line.
    package let job: Range<Int>
    /// The part of the job that does not name its budget, which is its first member.
    package let jobBehindBudget: Range<Int>
    /// The values of the job's `seed` and `split`; nil where it has none.
    package let seed: Range<Int>?
    package let split: Range<Int>?
    /// Where the result stands in the line.
    package let result: Range<Int>

    /// Reads a line without its line feed.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - place: What it is, for messages.
    /// - Throws: ``RouteGridError`` `badInput` for what is no record, and for a result that does not have its digest.
    package init(
        _ line: some Collection<UInt8>,
        place: @autoclosure () -> String
    ) throws(RouteGridError) {
        let found =
            line.withContiguousStorageIfAvailable { Self.read(UnsafeRawBufferPointer($0)) }
            ?? Array(line).withUnsafeBytes { Self.read($0) }
        guard let (checked, claimed) = found else {
            throw .badInput(place(), "expected a record: one line of JSON in the form that records are written in")
        }
        guard claimed == checked.resultDigest else {
            throw .badInput(
                place(),
                "the result does not have its digest: expected \(claimed), found \(checked.resultDigest)"
            )
        }
        self = checked
    }

    private init(
        jobKey: JobKey,
        fitKey: FitKey,
        resultDigest: Digest,
        choices: Digest?,
        isLatency: Bool,
        job: Range<Int>,
        jobBehindBudget: Range<Int>,
        seed: Range<Int>?,
        split: Range<Int>?,
        result: Range<Int>
    ) {
        (self.jobKey, self.fitKey, self.resultDigest) = (jobKey, fitKey, resultDigest)
        (self.choices, self.isLatency) = (choices, isLatency)
        (self.job, self.jobBehindBudget, self.seed, self.split) = (job, jobBehindBudget, seed, split)
        self.result = result
    }

    /// The record with the digest of its bytes, and the digest that it claims.
    private static func read(_ bytes: UnsafeRawBufferPointer) -> (Self, claimed: Digest)? {
        guard let outline = CompactJSON.outline(of: bytes),
            let scan = RecordScan(bytes: bytes, members: outline.members)
        else { return nil }
        let (job, result) = (outline.members[1], outline.members[3])
        var canonical: [UInt8] = []
        canonical.reserveCapacity(job.value.count + result.value.count + 256)
        var choices: Digest?
        if scan.isLatency {
            outline.appendCanonical(job.value, of: bytes, to: &canonical)
        } else {
            appendUnlabelled(outline, job, of: bytes, to: &canonical)
            outline.appendCanonical(result.value, of: bytes, to: &canonical)
            // It is the first member of most results.
            let named = outline.members(of: result).first { RecordScan.equals(bytes, $0.name, "choices") }
            choices = named.flatMap { RecordScan.digest(ofChoices: UnsafeRawBufferPointer(rebasing: bytes[$0.value])) }
        }
        let digest = canonical.withUnsafeBytes { Digest(hashing: $0) }
        let members = outline.members(of: job)
        let budget = members.first.flatMap { RecordScan.equals(bytes, $0.name, "budget") ? $0 : nil }
        let record = CheckedRecord(
            jobKey: scan.jobKey,
            fitKey: scan.fitKey,
            resultDigest: digest,
            choices: choices,
            isLatency: scan.isLatency,
            job: job.value,
            jobBehindBudget: (budget?.value.upperBound ?? job.value.lowerBound)..<job.value.upperBound,
            seed: members.first { RecordScan.equals(bytes, $0.name, "seed") }?.value,
            split: members.first { RecordScan.equals(bytes, $0.name, "split") }?.value,
            result: result.value
        )
        return (record, scan.resultDigest ?? digest)
    }

    /// The canonical form of a job without its labels.
    private static func appendUnlabelled(
        _ outline: CompactOutline,
        _ job: CompactJSON.Member,
        of bytes: UnsafeRawBufferPointer,
        to out: inout [UInt8]
    ) {
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in outline.members(of: job) where bytes[member.value.lowerBound] != UInt8(ascii: "n") {
            if RecordLabels.isLabel(bytes, member.name) { continue }
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            // The quotes around the name, and the colon behind it.
            let name = member.name.lowerBound - 1..<member.value.lowerBound
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[name]))
            outline.appendCanonical(member.value, of: bytes, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }
}
