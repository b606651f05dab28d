package import Foundation
package import RouteGridBase

/// Builds Result messages from encoded items.
///
/// A slot encodes each item once, in the form it has inside a Result; the supervisor prepends lease and fence and never
/// parses them. The bytes are those that swift-protobuf would write.
package enum ResultFrame {
    /// Appends one item in the form it has inside a Result: the tag of field 3, its length, its content.
    ///
    /// `record` and `run` are JSON lines without their line feeds, `blobs` the digests that the record names, `inline`
    /// those blobs themselves when they are small.
    package static func appendItem(
        cell: CellID,
        jobKey: JobKey,
        resultDigest: Digest,
        record: [UInt8],
        run: [UInt8],
        blobs: [Digest],
        inline: [[UInt8]],
        to items: inout [UInt8]
    ) {
        var size = 68 + 34 * blobs.count
        for text in [record, run] where !text.isEmpty { size += 1 + varintSize(text.count) + text.count }
        if cell != 0 { size += 1 + varintSize(cell.rawValue) }
        for blob in inline { size += 1 + varintSize(blob.count) + blob.count }
        items.append(3 << 3 | 2)
        appendVarint(UInt64(size), to: &items)
        appendField(1, jobKey.digest, to: &items)
        appendField(2, resultDigest, to: &items)
        if !record.isEmpty { appendField(3, record, to: &items) }
        if !run.isEmpty { appendField(4, run, to: &items) }
        for blob in blobs { appendField(5, blob, to: &items) }
        appendField(6, cell.number, to: &items)
        for blob in inline { appendField(7, blob, to: &items) }
    }

    /// The envelope of a Result with these items.
    package static func envelope(lease: LeaseID, fence: Fence, run: RunID, items: Data) -> [UInt8] {
        var head: [UInt8] = []
        appendField(1, lease.rawValue, to: &head)
        appendField(2, fence.rawValue, to: &head)
        var tail: [UInt8] = []
        appendField(4, run.rawValue, to: &tail)
        var frame: [UInt8] = []
        frame.reserveCapacity(head.count + items.count + tail.count + 12)
        frame.append(8 << 3 | 2)
        appendVarint(UInt64(head.count + items.count + tail.count), to: &frame)
        frame.append(contentsOf: head)
        frame.append(contentsOf: items)
        frame.append(contentsOf: tail)
        return frame
    }

    /// A number field; zero is not written.
    private static func appendField(_ number: UInt8, _ value: UInt64, to bytes: inout [UInt8]) {
        guard value != 0 else { return }
        bytes.append(number << 3)
        appendVarint(value, to: &bytes)
    }

    private static func appendField(_ number: UInt8, _ digest: Digest, to bytes: inout [UInt8]) {
        bytes.append(number << 3 | 2)
        bytes.append(32)
        digest.append(to: &bytes)
    }

    private static func appendField(_ number: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(number << 3 | 2)
        appendVarint(UInt64(content.count), to: &bytes)
        bytes.append(contentsOf: content)
    }

    private static func varintSize(_ value: Int) -> Int {
        let bits = UInt64.bitWidth - UInt64(truncatingIfNeeded: value).leadingZeroBitCount
        return max(1, (bits + 6) / 7)
    }

    private static func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
