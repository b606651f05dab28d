/// ZeroMQ's text form of binary keys (RFC 32/Z85): five printable characters for four bytes.
///
/// Written here because libzmq's decoder takes a C string of any length, and a key of a file is of foreign origin.
package enum Z85 {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8
    )

    /// The value of each character that is a digit.
    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Characters of a key of 32 bytes.
    package static let keyLength = 40

    /// The text of some bytes, whose number is a multiple of four.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        precondition(bytes.count % 4 == 0, "\(bytes.count) bytes have no Z85 form")
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 4 * 5)
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
            for divisor in [85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1] as [UInt32] {
                text.append(alphabet[Int(word / divisor % 85)])
            }
        }
        return text
    }

    /// Writes the bytes of a text to `bytes`.
    ///
    /// - Returns: false when the text does not have the length of `bytes`, or has a character or a value that Z85 has
    ///   not; `bytes` may then hold a part of it.
    package static func decode(_ text: some Collection<UInt8>, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
        guard bytes.count % 4 == 0, text.count == bytes.count / 4 * 5 else { return false }
        var (word, digits, offset): (UInt64, Int, Int) = (0, 0, 0)
        for character in text {
            guard let value = values[Int(character)] else { return false }
            word = word * 85 + UInt64(value)
            digits += 1
            guard digits == 5 else { continue }
            guard let whole = UInt32(exactly: word) else { return false }
            bytes.storeBytes(of: whole.bigEndian, toByteOffset: offset, as: UInt32.self)
            (word, digits, offset) = (0, 0, offset + 4)
        }
        return true
    }
}
