package import Foundation

/// Builds Result messages out of items that are encoded already.
///
/// A slot encodes each item once, in the form it has inside a Result; the supervisor puts lease and fence before them and
/// never parses them. The bytes are those that swift-protobuf would write.
package enum ResultFrame {
    /// One item as it stands in a Result: the tag of field 3, its length, its content.
    package static func append(_ item: [UInt8], to items: inout [UInt8]) {
        items.append(3 << 3 | 2)
        appendVarint(UInt64(item.count), to: &items)
        items.append(contentsOf: item)
    }

    /// The envelope of a Result with these items.
    package static func envelope(lease: UInt64, fence: UInt64, run: UInt64, items: Data) -> [UInt8] {
        var head: [UInt8] = []
        appendField(1, lease, to: &head)
        appendField(2, fence, to: &head)
        var tail: [UInt8] = []
        appendField(4, run, to: &tail)
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

    private static func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
