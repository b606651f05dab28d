/// The public half of a CURVE key: 32 bytes that may be shown.
package struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    package let bytes: [UInt8]

    package static let byteCount = 32

    /// The key of these bytes; nil when there are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// The key of a Z85 text; nil when it is not one of 40 characters.
    package init?(z85: some StringProtocol) {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        guard bytes.withUnsafeMutableBytes({ Z85.decode(Array(z85.utf8), into: $0) }) else { return nil }
        self.bytes = bytes
    }

    /// 40 printable characters.
    package var z85: String { String(decoding: bytes.withUnsafeBytes { Z85.encode($0) }, as: UTF8.self) }

    package var description: String { z85 }
}
