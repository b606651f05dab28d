package import Foundation
package import RouteGridBase
import SwiftProtobuf

/// One message of the protocol: an envelope, and for Chunk and Put the bytes they carry.
package struct WireMessage: Sendable {
    package var body: WireEnvelope.OneOf_Body
    package var data: [UInt8]?

    package init(_ body: WireEnvelope.OneOf_Body, data: [UInt8]? = nil) {
        self.body = body
        self.data = data
    }

    /// Parses a message from its frames (without a ROUTER's routing id).
    ///
    /// Sizes and counts are checked before anything is parsed.
    ///
    /// - Throws: `protocolRefused` when a frame is too large, is not an envelope, or a frame is missing or too many.
    package init(frames: ArraySlice<[UInt8]>, limit: Int = WireProtocol.maximumFrame) throws(RouteGridError) {
        guard let first = frames.first else { throw WireMessage.refused("a message without frames") }
        for frame in frames where frame.count > limit {
            throw WireMessage.refused("a frame of \(frame.count) bytes; the limit is \(limit)")
        }
        guard FieldCount.isWithinLimit(first) else {
            throw WireMessage.refused("a message of \(first.count) bytes that is no envelope or has too many fields")
        }
        if let excess = MessageLimits.excess(in: first) { throw WireMessage.refused(excess) }
        let envelope: WireEnvelope
        do { envelope = try WireEnvelope(serializedBytes: first) } catch {
            throw WireMessage.refused("a message of \(first.count) bytes that is no envelope")
        }
        guard let body = envelope.body else { throw WireMessage.refused("an envelope without a known message") }
        self.body = body
        switch body {
        case .chunk, .put:
            guard frames.count == 2 else { throw WireMessage.refused("a blob message without its data frame") }
            data = frames.last
        default:
            guard frames.count == 1 else { throw WireMessage.refused("a message with \(frames.count) frames, not 1") }
        }
    }

    /// The frames to send.
    package func frames() throws(RouteGridError) -> [[UInt8]] {
        let envelope = try WireMessage.encode(body)
        guard let data else { return [envelope] }
        return [envelope, data]
    }

    package static func encode(_ body: WireEnvelope.OneOf_Body) throws(RouteGridError) -> [UInt8] {
        var envelope = WireEnvelope()
        envelope.body = body
        do { return try envelope.serializedBytes() } catch {
            throw RouteGridError(.badInput, "a message that cannot be encoded: \(error)")
        }
    }

    private static func refused(_ what: String) -> RouteGridError {
        RouteGridError(.protocolRefused, "not RouteGrid's protocol: \(what)")
    }
}

extension Digest {
    /// The digest as the 32 bytes of a message field.
    package var data: Data { Data(bytes) }

    /// The digest in a message field.
    ///
    /// - Throws: `protocolRefused` naming the field when it does not have 32 bytes.
    package init(field bytes: Data, _ name: String) throws(RouteGridError) {
        guard let digest = Digest(bytes: bytes) else {
            throw RouteGridError(
                .protocolRefused,
                "field \(name) has \(bytes.count) bytes and should be a digest of 32"
            )
        }
        self = digest
    }

    /// The concatenated digests in a message field.
    ///
    /// - Throws: `protocolRefused` naming the field when its length is no multiple of 32.
    package static func list(_ bytes: Data, _ name: String) throws(RouteGridError) -> [Digest] {
        guard bytes.count % 32 == 0 else {
            throw RouteGridError(.protocolRefused, "field \(name) has \(bytes.count) bytes: digests have 32 each")
        }
        return bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 32).compactMap { start in
                Digest(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 32]))
            }
        }
    }
}

extension DigestKey {
    /// The key as the 32 bytes of a message field.
    package var data: Data { digest.data }

    /// The key in a message field.
    ///
    /// - Throws: As ``Digest/init(field:_:)``.
    package init(field bytes: Data, _ name: String) throws(RouteGridError) {
        self.init(try Digest(field: bytes, name))
    }

    /// The concatenated keys in a message field.
    ///
    /// - Throws: As ``Digest/list(_:_:)``.
    package static func list(_ bytes: Data, _ name: String) throws(RouteGridError) -> [Self] {
        try Digest.list(bytes, name).map(Self.init)
    }
}

extension WireRefused {
    package init(_ error: RouteGridError) {
        self.init()
        code = error.code.name
        text = error.message
    }

    /// The error of the other side, with its exit code.
    package var error: RouteGridError { RouteGridError(RouteGridError.Code(wireName: code), text) }
}

extension RouteGridError.Code {
    /// The code of this name; an unknown name is a refusal.
    package init(wireName name: String) {
        let known: [RouteGridError.Code] = [
            .usage, .badInput, .unreachable, .temporary, .protocolRefused, .refused, .checkFailed, .incomplete,
            .cellsFailed, .system,
        ]
        self = known.first { $0.name == name } ?? .refused
    }
}
