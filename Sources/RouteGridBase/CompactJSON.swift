import Foundation

/// A look at a JSON object as ``JSONValue/jsonBytes()`` writes it, that builds nothing: one line without spaces, names
/// in the order of their bytes and each once, the escapes of that form, at most 64 levels.
///
/// Every text that it takes is read by `JSONValue/init(parsing:place:)`.
package struct CompactJSON {
    /// A member of the outermost object: where its name, without quotes, and its value stand.
    package struct Member {
        package let name: Range<Int>
        package let value: Range<Int>
    }

    /// The members of the outermost object, or nil when the bytes are no such object.
    package static func members(of bytes: UnsafeRawBufferPointer) -> [Member]? {
        guard isUTF8(bytes) else { return nil }
        var reader = CompactJSON(bytes: bytes)
        var members: [Member] = []
        members.reserveCapacity(8)
        guard reader.object(depth: 0, each: { members.append($0) }), reader.offset == bytes.count else { return nil }
        return members
    }

    /// The members of two levels and what the canonical form changes, or nil when the bytes are no such object.
    package static func outline(of bytes: UnsafeRawBufferPointer) -> CompactOutline? {
        guard isUTF8(bytes) else { return nil }
        var reader = CompactJSON(bytes: bytes)
        reader.changes = []
        reader.changes?.reserveCapacity(64)
        var members: [Member] = []
        members.reserveCapacity(8)
        guard reader.object(depth: 0, each: { members.append($0) }), reader.offset == bytes.count else { return nil }
        return CompactOutline(members: members, innerMembers: reader.innerMembers, changes: reader.changes ?? [])
    }

    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// What the canonical form changes, in order; nil when nobody asks.
    private var changes: [CompactOutline.Change]?
    /// The members of the objects that are values of the outermost one, when somebody asks.
    private var innerMembers: [Member] = []

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var high: UInt8 = 0
        for byte in bytes { high |= byte }
        return high < 0x80 || String(validating: bytes, as: UTF8.self) != nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        guard depth < 64, offset < bytes.count else { return false }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "{"):
            guard depth == 1, changes != nil else { return object(depth: depth) { _ in } }
            var found: [Member] = []
            found.reserveCapacity(16)
            guard object(depth: depth, each: { found.append($0) }) else { return false }
            innerMembers += found
            return true
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count, let start = bytes.baseAddress,
            memcmp(start + offset, word.utf8Start, count) == 0
        else { return false }
        offset += count
        return true
    }

    private mutating func object(depth: Int, each: (Member) -> Void) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        if take(UInt8(ascii: "}")) { return true }
        var before: Text?
        var hasCanonicalMember = false
        repeat {
            guard let name = string(), before.map({ precedes($0, name) }) ?? true, take(UInt8(ascii: ":")) else {
                return false
            }
            before = name
            let start = offset
            guard value(depth: depth + 1) else { return false }
            if bytes[start] != UInt8(ascii: "n") {
                hasCanonicalMember = true
            } else if changes != nil {
                // With the comma before it, or, as long as there is none, with the one behind it.
                let (first, last) = (name.range.lowerBound - 1, offset)
                let hasNext = last < bytes.count && bytes[last] == UInt8(ascii: ",")
                changes?.append(
                    .leftOut(hasCanonicalMember ? first - 1..<last : first..<last + (hasNext ? 1 : 0))
                )
            }
            each(Member(name: name.range, value: start..<offset))
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private mutating func array(depth: Int) -> Bool {
        offset += 1
        if take(UInt8(ascii: "]")) { return true }
        repeat {
            guard value(depth: depth + 1) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    // MARK: Numbers

    private mutating func number() -> Bool {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard digits() > 0 else { return false }
        }
        let whole = offset
        if take(UInt8(ascii: ".")) {
            guard digits() > 0 else { return false }
        }
        var exponent = 0
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            exponent = digits()
            guard exponent > 0 else { return false }
        }
        if offset > whole { changes?.append(.quoted(start..<offset)) }
        // Only these can be too large for a double.
        guard exponent > 2 || offset - start > 200 else { return true }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        return Double(text)?.isFinite ?? false
    }

    private mutating func digits() -> Int {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset - start
    }

    // MARK: Texts

    /// A text between its quotes.
    private struct Text {
        let range: Range<Int>
        let hasEscapes: Bool
    }

    private mutating func string() -> Text? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = offset
        var hasEscapes = false
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { return Text(range: start..<offset - 1, hasEscapes: hasEscapes) }
            guard byte >= 0x20 else { return nil }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                guard unescaped(&offset) != nil else { return nil }
            }
        }
        return nil
    }

    /// The byte that an escape stands for, its backslash read already; nil for one that the form does not have.
    private func unescaped(_ offset: inout Int) -> UInt8? {
        guard offset < bytes.count else { return nil }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            guard offset + 4 <= bytes.count, bytes[offset] == UInt8(ascii: "0"), bytes[offset + 1] == UInt8(ascii: "0")
            else { return nil }
            let (high, low) = (bytes[offset + 2], bytes[offset + 3])
            offset += 4
            guard high == UInt8(ascii: "0") || high == UInt8(ascii: "1") else { return nil }
            let unit: UInt8
            switch low {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = low - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = low - UInt8(ascii: "a") + 10
            default: return nil
            }
            let value = (high - UInt8(ascii: "0")) << 4 | unit
            return [0x09, 0x0A, 0x0D].contains(value) ? nil : value
        default: return nil
        }
    }

    /// Whether a name stands before another one, by the bytes that they mean.
    private func precedes(_ left: Text, _ right: Text) -> Bool {
        if left.hasEscapes || right.hasEscapes {
            return unescaped(left.range).lexicographicallyPrecedes(unescaped(right.range))
        }
        guard let start = bytes.baseAddress else { return false }
        let order = memcmp(
            start + left.range.lowerBound,
            start + right.range.lowerBound,
            min(left.range.count, right.range.count)
        )
        return order == 0 ? left.range.count < right.range.count : order < 0
    }

    private func unescaped(_ range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\\"), let meant = unescaped(&offset) {
                out.append(meant)
            } else {
                out.append(byte)
            }
        }
        return out
    }
}
