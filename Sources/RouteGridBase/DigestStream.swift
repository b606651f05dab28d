import COpenSSL

/// The SHA-256 of bytes that come in pieces.
package struct DigestStream {
    private var context = SHA256_CTX()

    package init() { SHA256_Init(&context) }

    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes that were added; the last call.
    package consuming func finished() -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
            SHA256_Final(digest.baseAddress, &context)
            return Digest(bytes: UnsafeRawBufferPointer(digest)) ?? Digest(hashing: [UInt8]())
        }
    }
}
