/// The mark that some editors put before a text: U+FEFF in UTF-8.
///
/// Every text file that people write or save (tables, lists, JSON, YAML, records) may begin with one; it is dropped
/// here and nowhere else.
package enum ByteOrderMark {
    private static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// How many bytes of a text are its mark: 3 or 0.
    package static func byteCount(of bytes: some Sequence<UInt8>) -> Int { bytes.starts(with: utf8) ? utf8.count : 0 }

    /// A text without its mark.
    package static func dropped(from bytes: [UInt8]) -> [UInt8] {
        byteCount(of: bytes) == 0 ? bytes : Array(bytes.dropFirst(utf8.count))
    }
}
