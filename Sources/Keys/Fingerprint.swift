import RouteGridBase
package import ZeroMQ

/// The public half of a key.
package typealias PublicKey = CurvePublicKey
/// A secret key with its public half; never printed.
package typealias SecretKey = CurveSecretKey

/// The first 64 bits of the SHA-256 of a public key: what people compare, and what names a key in logs.
///
/// A key ring holds no two keys with one fingerprint.
package struct Fingerprint: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 16 lower-case hex digits: the User-Id of messages, and a part of file names.
    package let hex: String

    package init(of key: PublicKey) { hex = String(Digest(hashing: key.bytes).hex.prefix(16)) }

    /// In four groups, to be compared by eye: `0f3a 91bc 22d0 7e45`.
    package var description: String {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
    }

    package static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.hex < right.hex }
}

extension CurvePublicKey {
    package var fingerprint: Fingerprint { Fingerprint(of: self) }
}
