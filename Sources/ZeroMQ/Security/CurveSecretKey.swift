import CZeroMQ
import Glibc
package import RouteGridBase

/// The secret half of a CURVE key, with its public half.
///
/// It is never printed: its description says only whose key it is. Its memory is wiped when the last reference goes.
/// (libzmq keeps copies of its own in the sockets that use it.)
package final class CurveSecretKey: @unchecked Sendable {
    // `storage` is written before `init` returns, and only read until `deinit`.
    private let storage: UnsafeMutableRawBufferPointer
    package let publicKey: CurvePublicKey

    /// The key of 32 bytes; nil when there are not 32.
    package convenience init?(bytes: some Collection<UInt8>) {
        guard bytes.count == CurvePublicKey.byteCount else { return nil }
        self.init { target in
            target.copyBytes(from: bytes)
            return true
        }
    }

    /// The key of a Z85 text; nil when it is not one of 40 characters.
    package convenience init?(z85: some Collection<UInt8>) { self.init { Z85.decode(z85, into: $0) } }

    private init?(_ fill: (UnsafeMutableRawBufferPointer) -> Bool) {
        let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: CurvePublicKey.byteCount, alignment: 8)
        guard fill(storage), let publicKey = Self.publicKey(of: UnsafeRawBufferPointer(storage)) else {
            Self.wipe(storage)
            storage.deallocate()
            return nil
        }
        self.storage = storage
        self.publicKey = publicKey
    }

    deinit {
        Self.wipe(storage)
        storage.deallocate()
    }

    /// A new key.
    ///
    /// - Throws: `system` when this libzmq was built without CURVE.
    package static func generate() throws(RouteGridError) -> CurveSecretKey {
        var (open, secret) = ([CChar](repeating: 0, count: 41), [CChar](repeating: 0, count: 41))
        defer { explicit_bzero(&secret, secret.count) }
        guard zmq_curve_keypair(&open, &secret) == 0 else {
            throw RouteGridError(
                .system,
                "no key can be made: \(ZMQFailure.text(ZMQFailure.number)); this libzmq may lack CURVE"
            )
        }
        let key = secret.withUnsafeBytes { CurveSecretKey(z85: $0.prefix(Z85.keyLength)) }
        guard let key else { throw RouteGridError(.system, "libzmq made a key that cannot be read") }
        return key
    }

    /// Calls `body` with the 32 bytes; what it copies is its own to wipe.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(storage))
    }

    /// Calls `body` with the 40 characters, which are wiped afterwards.
    package func withZ85<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        var text = Z85.encode(UnsafeRawBufferPointer(storage))
        defer { explicit_bzero(&text, text.count) }
        return try text.withUnsafeBufferPointer(body)
    }

    private static func publicKey(of secret: UnsafeRawBufferPointer) -> CurvePublicKey? {
        var (open, text) = ([CChar](repeating: 0, count: 41), Z85.encode(secret) + [0])
        defer { explicit_bzero(&text, text.count) }
        let result = text.withUnsafeBytes {
            zmq_curve_public(&open, $0.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        guard result == 0 else { return nil }
        return CurvePublicKey(
            z85: String(decoding: open.prefix(Z85.keyLength).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        )
    }

    private static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
        if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
    }
}

extension CurveSecretKey: Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Keys are equal when their public halves are, so that no comparison of secrets takes a time that tells of them.
    package static func == (left: CurveSecretKey, right: CurveSecretKey) -> Bool { left.publicKey == right.publicKey }
    package func hash(into hasher: inout Hasher) { hasher.combine(publicKey) }

    package var description: String { "secret key of \(publicKey) (redacted)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
