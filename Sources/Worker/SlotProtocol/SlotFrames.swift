package import RouteGridBase
import SwiftProtobuf
package import Wire

/// Splits a byte stream into the frames of a slot's connection: four bytes of length, least significant first, and an
/// envelope.
package struct SlotFrames: Sendable {
    /// No frame is larger; both ends are ours.
    static let limit = 1 << 30
    private var bytes: [UInt8] = []
    private var start = 0

    package init() {}

    package mutating func append(_ part: UnsafeRawBufferPointer) { bytes.append(contentsOf: part) }

    /// The next whole frame, or nil when more bytes are needed.
    ///
    /// - Throws: `protocolRefused` when it is malformed.
    package mutating func next() throws(RouteGridError) -> SlotEnvelope? {
        guard bytes.count - start >= 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(bytes[start + $1]) << (8 * $1) }
        guard length <= SlotFrames.limit else {
            throw RouteGridError(.protocolRefused, "a slot's frame of \(length) bytes")
        }
        guard bytes.count - start - 4 >= length else { return nil }
        let envelope: SlotEnvelope
        do { envelope = try SlotEnvelope(serializedBytes: Array(bytes[start + 4..<start + 4 + length])) } catch {
            throw RouteGridError(.protocolRefused, "a slot's frame that is no message")
        }
        start += 4 + length
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 4 << 20)
            start = 0
        }
        return envelope
    }

    /// A message as its frame.
    package static func encode(_ body: SlotEnvelope.OneOf_Body) throws(RouteGridError) -> [UInt8] {
        var envelope = SlotEnvelope()
        envelope.body = body
        do {
            let content: [UInt8] = try envelope.serializedBytes()
            guard content.count <= limit else {
                throw RouteGridError(.protocolRefused, "a slot's frame of \(content.count) bytes")
            }
            return (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (8 * $0)) } + content
        } catch {
            throw RouteGridError(.protocolRefused, "a slot's message that cannot be encoded: \(error)")
        }
    }
}
