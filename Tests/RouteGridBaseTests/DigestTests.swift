import RouteGridBase
import Testing

struct DigestTests {
    /// FIPS 180-2, appendix B.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256`(text: String, hex: String) {
        let digest = Digest(hashing: text.utf8)
        #expect(digest.hex == hex && digest.description == hex)
        #expect(digest.hexBytes == Array(hex.utf8))
        #expect(Digest(hex: hex) == digest)
        #expect(Digest(bytes: digest.bytes) == digest)
        #expect(Array(text.utf8).withUnsafeBytes { Digest(hashing: $0) } == digest)
    }

    @Test(arguments: ["", "abc", String(repeating: "g", count: 64), String(repeating: "A", count: 64)])
    func `other texts are no digests`(hex: String) {
        #expect(Digest(hex: hex) == nil)
    }

    @Test func `order is the order of the bytes`() {
        let digests = (0..<200).map { Digest(hashing: "\($0)".utf8) }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }
}
