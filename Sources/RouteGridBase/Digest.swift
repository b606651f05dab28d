import COpenSSL

/// A SHA-256 digest: the name of a key, a tensor, a blob.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// The SHA-256 of some bytes.
    package init(hashing bytes: some Sequence<UInt8>) {
        let digest = bytes.withContiguousStorageIfAvailable { Digest(hashing: UnsafeRawBufferPointer($0)) }
        self = digest ?? Array(bytes).withUnsafeBytes { Digest(hashing: $0) }
    }

    /// The SHA-256 of a region of memory, for bytes that should not be copied.
    package init(hashing bytes: UnsafeRawBufferPointer) {
        self = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            openssl_sha256(bytes.baseAddress, bytes.count, digest.baseAddress)
            return Digest(at: UnsafeRawBufferPointer(digest))
        }
    }

    private init(at bytes: UnsafeRawBufferPointer) {
        a = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        b = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        c = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        d = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// The digest whose 32 bytes these are, or nil when there are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        let direct = bytes.withContiguousStorageIfAvailable { Digest(bytes: UnsafeRawBufferPointer($0)) }
        guard let digest = direct ?? Array(bytes).withUnsafeBytes({ Digest(bytes: $0) }) else { return nil }
        self = digest
    }

    /// The digest whose 32 bytes these are, or nil when there are not 32.
    package init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        self.init(at: bytes)
    }

    /// The digest with these 64 lower-case hex digits, or nil when they are not.
    package init?(hex: some StringProtocol) {
        var text = String(hex)
        let digest = text.withUTF8 { Digest(hex: UnsafeRawBufferPointer($0)) }
        guard let digest else { return nil }
        self = digest
    }

    /// The digest with these 64 lower-case hex digits in ASCII, or nil when they are not.
    package init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == 64 else { return nil }
        (a, b, c, d) = (0, 0, 0, 0)
        for place in 0..<4 {
            var word: UInt64 = 0
            for byte in hex[16 * place..<16 * place + 16] {
                let digit: UInt8
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
                default: return nil
                }
                word = word << 4 | UInt64(digit)
            }
            switch place {
            case 0: a = word
            case 1: b = word
            case 2: c = word
            default: d = word
            }
        }
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)) { Array($0) }
    }

    /// Calls `body` with the 32 bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian), body)
    }

    /// Appends the 32 bytes.
    package func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)) { bytes.append(contentsOf: $0) }
    }

    /// 64 lower-case hex digits as ASCII.
    package var hexBytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { digits, count in
            for (place, word) in [a, b, c, d].enumerated() {
                for digit in 0..<16 {
                    let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * digit)) & 15
                    digits[16 * place + digit] = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                }
            }
            count = 64
        }
    }

    /// 64 lower-case hex digits.
    package var hex: String { String(decoding: hexBytes, as: UTF8.self) }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}

extension JSONValue {
    /// H(x) = SHA-256(canon(x)).
    package var digest: Digest { Digest(hashing: canonicalBytes()) }
}
