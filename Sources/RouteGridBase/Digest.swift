import Crypto

/// A SHA-256 digest: the name of a key, a tensor, a blob.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// The SHA-256 of some bytes.
    package init(hashing bytes: some Sequence<UInt8>) {
        let hashed: SHA256.Digest? = bytes.withContiguousStorageIfAvailable { storage in
            var hasher = SHA256()
            hasher.update(bufferPointer: UnsafeRawBufferPointer(storage))
            return hasher.finalize()
        }
        self.init(hashed ?? SHA256.hash(data: Array(bytes)))
    }

    /// The SHA-256 of a region of memory, for bytes that should not be copied.
    package init(hashing bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        self.init(hasher.finalize())
    }

    private init(_ digest: SHA256.Digest) {
        (a, b, c, d) = digest.withUnsafeBytes { raw in
            (
                UInt64(bigEndian: raw.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            )
        }
    }

    /// The digest whose 32 bytes these are, or nil when there are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        (a, b, c, d) = (words[0], words[1], words[2], words[3])
    }

    /// The digest with these 64 lower-case hex digits, or nil when they are not.
    package init?(hex: some StringProtocol) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in hex.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let known = high {
                bytes.append(known << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { return nil }
        self.init(bytes: bytes)
    }

    package var bytes: [UInt8] {
        [a, b, c, d].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) } }
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
