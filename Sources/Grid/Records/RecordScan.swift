package import RouteGridBase

/// A look at a record's line that builds nothing: whether it can be one, and whose it is.
///
/// A coordinator passes records on as they came. What it checks is that a line would not spoil the files and streams it
/// goes into (one object, one line, UTF-8, brackets and texts closed) and that it is the record of the key and the result
/// that its sender says. Numbers and words are not looked at; ``MetricRecord/init(line:place:)`` reads everything.
package struct RecordScan: Hashable, Sendable {
    package var jobKey: Digest
    /// Nil for a measurement: its digest covers its job alone, and its line does not show it.
    package var resultDigest: Digest?

    /// Nil when the line is no record.
    package init?(_ line: some Collection<UInt8>) {
        let found = line.withContiguousStorageIfAvailable { RecordScan(bytes: UnsafeRawBufferPointer($0)) }
        guard let scan = found ?? Array(line).withUnsafeBytes({ RecordScan(bytes: $0) }) else { return nil }
        self = scan
    }

    package init?(bytes: UnsafeRawBufferPointer) {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), Self.isUTF8(bytes) else { return nil }
        var (jobKey, resultDigest): (Digest?, Digest?)
        var isMeasurement = false
        var depth = 0
        // A bit a level, the innermost lowest: 1 is an object.
        var open: UInt64 = 0
        var offset = 0
        let end = bytes.count
        while offset < end {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case quote:
                let start = offset
                while offset < end, bytes[offset] != quote {
                    guard bytes[offset] >= 0x20 else { return nil }
                    if bytes[offset] == backslash {
                        offset += 1
                        guard offset < end, bytes[offset] >= 0x20 else { return nil }
                    }
                    offset += 1
                }
                guard offset < end else { return nil }
                let length = offset - start
                offset += 1
                guard depth == 1, length == 7 || length == 8 || length == 13, offset < end,
                    bytes[offset] == UInt8(ascii: ":")
                else {
                    continue
                }
                let name = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                if name.elementsEqual("job_key".utf8) {
                    guard jobKey == nil, let digest = Self.digest(bytes, offset + 1) else { return nil }
                    jobKey = digest
                } else if name.elementsEqual("result_sha256".utf8) {
                    guard resultDigest == nil, let digest = Self.digest(bytes, offset + 1) else { return nil }
                    resultDigest = digest
                } else if name.elementsEqual("measured".utf8) {
                    isMeasurement = true
                }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < 64 else { return nil }
                depth += 1
                open = open << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0, open & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else { return nil }
                depth -= 1
                open >>= 1
                guard depth > 0 || offset == end else { return nil }
            case 0..<0x20, backslash: return nil
            default: break
            }
        }
        guard depth == 0, let jobKey, (resultDigest == nil) == isMeasurement else { return nil }
        self.jobKey = jobKey
        self.resultDigest = resultDigest
    }

    /// The digest in the text that begins at an offset.
    private static func digest(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Digest? {
        let quote = UInt8(ascii: "\"")
        guard start + 66 <= bytes.count, bytes[start] == quote, bytes[start + 65] == quote else { return nil }
        return Digest(hex: UnsafeRawBufferPointer(rebasing: bytes[start + 1..<start + 65]))
    }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var high: UInt8 = 0
        for byte in bytes { high |= byte }
        return high < 0x80 || String(validating: bytes, as: UTF8.self) != nil
    }
}
