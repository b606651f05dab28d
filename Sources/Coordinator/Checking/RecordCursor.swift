import Foundation

/// Reads JSON as records are written, from front to back, and builds nothing.
///
/// Whatever it takes means the same to `JSONValue/init(parsing:place:)`. It takes less: no white space, no escapes, no
/// numbers of more than 18 digits before the point, and the members of an object only in the order of their names.
struct RecordCursor {
    /// A name or text between its quotes; it lives as long as the bytes that are read.
    struct Text {
        fileprivate let bytes: UnsafeRawBufferPointer

        func equals(_ text: StaticString) -> Bool {
            bytes.count == text.utf8CodeUnitCount
                && isSame(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        func equals(_ text: [UInt8]) -> Bool {
            bytes.count == text.count && text.withUnsafeBytes { isSame($0) }
        }

        /// Whether the bytes are those of another text of this length.
        private func isSame(_ other: UnsafeRawBufferPointer) -> Bool {
            guard let start = bytes.baseAddress, let text = other.baseAddress else { return bytes.isEmpty }
            return memcmp(start, text, bytes.count) == 0
        }

        var string: String { String(decoding: bytes, as: UTF8.self) }

        fileprivate func precedes(_ other: Text) -> Bool {
            guard let left = bytes.baseAddress, let right = other.bytes.baseAddress else { return false }
            let order = memcmp(left, right, min(bytes.count, other.bytes.count))
            return order == 0 ? bytes.count < other.bytes.count : order < 0
        }
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0
    private static let depthLimit = 16

    /// Nil for what is no UTF-8.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var high: UInt8 = 0
        for byte in bytes { high |= byte }
        guard high < 0x80 || String(validating: bytes, as: UTF8.self) != nil else { return nil }
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset == bytes.count }

    /// Moves to the last byte, past a value that is compared as a whole.
    mutating func moveToLast() -> Bool {
        guard offset < bytes.count else { return false }
        offset = bytes.count - 1
        return true
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count, let start = bytes.baseAddress,
            memcmp(start + offset, word.utf8Start, count) == 0
        else { return false }
        offset += count
        return true
    }

    /// Reads an object; `member` reads the value of each name and returns false on another form.
    mutating func object(_ member: (inout RecordCursor, Text) -> Bool) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        var before: Text?
        repeat {
            guard let name = text(), before.map({ $0.precedes(name) }) ?? true, take(UInt8(ascii: ":")),
                member(&self, name)
            else { return false }
            before = name
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    /// Reads an array; `element` reads the element at each place and returns false on another form.
    mutating func array(_ element: (inout RecordCursor, Int) -> Bool) -> Bool {
        guard take(UInt8(ascii: "[")) else { return false }
        if take(UInt8(ascii: "]")) { return true }
        var place = 0
        repeat {
            guard element(&self, place) else { return false }
            place += 1
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    mutating func text() -> Text? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") {
                return Text(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<offset - 1]))
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\") else { return nil }
        }
        return nil
    }

    mutating func integer() -> Int? {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"))
        guard let value = digits(), next != UInt8(ascii: "."), next.map({ $0 | 0x20 }) != UInt8(ascii: "e") else {
            offset = start
            return nil
        }
        return isNegative ? -value : value
    }

    mutating func number() -> Double? {
        if let whole = integer() { return Double(whole) }
        let start = offset
        _ = take(UInt8(ascii: "-"))
        guard digits() != nil else { return nil }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() else { return nil }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { return nil }
        }
        // A byte behind it, which is none of a number: `strtod` stops there.
        guard offset < bytes.count, let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
            return nil
        }
        var end: UnsafeMutablePointer<CChar>?
        let value = strtod(base + start, &end)
        guard let end, UnsafePointer(end) == base + offset, value.isFinite, value != 0 else { return nil }
        return value
    }

    /// Reads whatever value comes next.
    mutating func skip(depth: Int = 0) -> Bool {
        guard depth < Self.depthLimit, let next else { return false }
        switch next {
        case UInt8(ascii: "{"): return object { cursor, _ in cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "["): return array { cursor, _ in cursor.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): return text() != nil
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number() != nil
        }
    }

    /// The value of up to 18 digits without a leading zero.
    private mutating func digits() -> Int? {
        let start = offset
        var value = 0
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 {
            guard offset - start < 18 else { return nil }
            value = value * 10 + Int(bytes[offset] - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > start, offset - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset > start
    }
}
