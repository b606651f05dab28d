package import RouteGridBase

/// A look at a record's line that builds nothing: whether it is one, and whose it is.
///
/// A coordinator passes records on as they came. What it checks is that whoever reads the line later will find a
/// record: the members of one kind and no others, in the one form that records are written in (see `CompactJSON`),
/// with the key and the digest of the message that it came in. `job` and `result` are not read, and no digest is
/// computed; ``CheckedRecord`` does that.
package struct RecordScan: Hashable, Sendable {
    package var jobKey: JobKey
    package var fitKey: FitKey
    /// Nil for a measurement: its digest covers its job alone, and its line does not show it.
    package var resultDigest: Digest?

    /// Nil when the line is no record.
    package init?(_ line: some Collection<UInt8>) {
        let found = line.withContiguousStorageIfAvailable { RecordScan(bytes: UnsafeRawBufferPointer($0)) }
        guard let scan = found ?? Array(line).withUnsafeBytes({ RecordScan(bytes: $0) }) else { return nil }
        self = scan
    }

    package init?(bytes: UnsafeRawBufferPointer) {
        guard let members = CompactJSON.members(of: bytes) else { return nil }
        self.init(bytes: bytes, members: members)
    }

    /// `members` are those of the line.
    init?(bytes: UnsafeRawBufferPointer, members: [CompactJSON.Member]) {
        func isNamed(_ name: StaticString, _ place: Int) -> Bool { Self.equals(bytes, members[place].name, name) }
        func digest(_ place: Int) -> Digest? {
            let value = members[place].value
            guard value.count == 66, bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
            return Digest(hex: UnsafeRawBufferPointer(rebasing: bytes[value.lowerBound + 1..<value.upperBound - 1]))
        }
        func isObject(_ place: Int) -> Bool { bytes[members[place].value.lowerBound] == UInt8(ascii: "{") }
        func hasSchema(_ schema: StaticString, _ place: Int) -> Bool {
            isNamed("schema", place) && Self.equals(bytes, members[place].value, schema)
        }
        // Names stand in the order of their bytes.
        guard members.count >= 5, isNamed("fit_key", 0), let fitKey = digest(0), isNamed("job", 1), isObject(1),
            isNamed("job_key", 2), let jobKey = digest(2), isObject(3)
        else { return nil }
        if members.count == 6, isNamed("result", 3), isNamed("result_sha256", 4), let result = digest(4),
            hasSchema("\"routegrid/record/v1\"", 5)
        {
            resultDigest = result
        } else if members.count == 5, isNamed("measured", 3), hasSchema("\"routegrid/latency/v1\"", 4) {
            resultDigest = nil
        } else {
            return nil
        }
        (self.jobKey, self.fitKey) = (JobKey(jobKey), FitKey(fitKey))
    }

    /// Whether the line is a measurement.
    package var isLatency: Bool { resultDigest == nil }

    /// The digest of the choices blob that a record's line names, when it names one.
    package static func choices(of line: some Collection<UInt8>) -> Digest? {
        func find(_ bytes: UnsafeRawBufferPointer) -> Digest? {
            guard let result = member("result", of: bytes), let choices = member("choices", of: result) else {
                return nil
            }
            return digest(ofChoices: choices)
        }
        return line.withContiguousStorageIfAvailable { find(UnsafeRawBufferPointer($0)) }
            ?? Array(line).withUnsafeBytes(find)
    }

    /// The `job` of a record's line; nil for what is no record.
    package static func job(of line: some Collection<UInt8>) -> JSONValue? {
        func find(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? { member("job", of: bytes).map { Array($0) } }
        let job =
            line.withContiguousStorageIfAvailable { find(UnsafeRawBufferPointer($0)) }
            ?? Array(line).withUnsafeBytes(find)
        return job.flatMap { try? JSONValue(parsing: $0, place: "a record's job") }
    }

    /// The digest in the value of a result's `choices`.
    static func digest(ofChoices value: UnsafeRawBufferPointer) -> Digest? {
        guard let digest = member("sha256", of: value), digest.count == 66 else { return nil }
        return Digest(hex: UnsafeRawBufferPointer(rebasing: digest.dropFirst().dropLast()))
    }

    private static func member(_ name: StaticString, of object: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        CompactJSON.members(of: object)?.first { equals(object, $0.name, name) }
            .map { UnsafeRawBufferPointer(rebasing: object[$0.value]) }
    }

    static func equals(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        range.count == text.utf8CodeUnitCount
            && UnsafeRawBufferPointer(rebasing: bytes[range])
                .elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
