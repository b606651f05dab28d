extension JSONValue {
    /// Reads one JSON document (RFC 8259, strict).
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 text of the document, nothing before or after it but white space and a byte order mark.
    ///   - place: what the text is, for the error message, such as `records.jsonl:7`.
    /// - Throws: ``RouteGridError`` `badInput` with the byte offset when the text is not JSON, a key is repeated, or
    ///   nesting is deeper than 64.
    package init(parsing bytes: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        var reader = JSONReader(bytes: Array(bytes), place: place)
        reader.offset = ByteOrderMark.byteCount(of: reader.bytes)
        self = try reader.document()
    }

    package init(parsing text: String, place: String) throws(RouteGridError) {
        try self.init(parsing: text.utf8, place: place)
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    let place: String
    var offset = 0
    /// The members and entries around what cannot be read, innermost first.
    private var path: [String] = []

    init(bytes: [UInt8], place: String) {
        self.bytes = bytes
        self.place = place
    }

    func failure(_ expected: String) -> RouteGridError {
        .badInput(place, "not JSON at byte \(offset): expected \(expected)")
    }

    mutating func document() throws(RouteGridError) -> JSONValue {
        let result: JSONValue
        do {
            result = try value(depth: 0)
        } catch {
            guard !path.isEmpty else { throw error }
            let line = bytes[..<min(offset, bytes.count)].count { $0 == 0x0A } + 1
            throw RouteGridError(
                error.code,
                "\(error.message) (line \(line), in \(path.reversed().joined(separator: ".")))"
            )
        }
        skipSpace()
        guard offset == bytes.count else { throw failure("the end") }
        return result
    }

    mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) { offset += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    mutating func value(depth: Int) throws(RouteGridError) -> JSONValue {
        guard depth < 64 else { throw failure("at most 64 levels") }
        skipSpace()
        guard offset < bytes.count else { throw failure("a value") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func word(_ word: String, _ result: JSONValue) throws(RouteGridError) -> JSONValue {
        guard bytes[offset...].starts(with: word.utf8) else { throw failure("a value") }
        offset += word.utf8.count
        return result
    }

    mutating func object(depth: Int) throws(RouteGridError) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw failure("a key in quotes") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("':'") }
            let member: JSONValue
            do {
                member = try value(depth: depth + 1)
            } catch {
                path.append(key)
                throw error
            }
            guard members.updateValue(member, forKey: key) == nil else {
                throw failure("the key \"\(key)\" once")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or '}'") }
        }
    }

    mutating func array(depth: Int) throws(RouteGridError) -> JSONValue {
        offset += 1
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw failure("',' or ']'") }
        }
    }

    mutating func number() throws(RouteGridError) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let leadingZero = offset < bytes.count && bytes[offset] == UInt8(ascii: "0")
        guard digits() > 0, !(leadingZero && offset - start > (bytes[start] == UInt8(ascii: "-") ? 2 : 1)) else {
            throw failure("a value")
        }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            guard digits() > 0 else { throw failure("a digit") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw failure("a digit") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("a finite number") }
        // A number below the least double would be 0 without a word.
        guard value != 0 || !text.utf8.prefix(while: { $0 | 0x20 != UInt8(ascii: "e") }).contains(where: isCounting)
        else {
            throw failure("a number that is not smaller than a double holds")
        }
        return .double(value)
    }

    private func isCounting(_ byte: UInt8) -> Bool { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) }

    mutating func digits() -> Int {
        let start = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        return offset - start
    }

    mutating func string() throws(RouteGridError) -> String {
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            guard bytes[offset] >= 0x20 else { throw failure("no control character in a string") }
            offset += 1
        }
        var text = Array(bytes[start..<offset])
        while true {
            guard offset < bytes.count else { throw failure("the end of the string") }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { break }
            guard byte >= 0x20 else { throw failure("no control character in a string") }
            if byte == UInt8(ascii: "\\") { try escape(into: &text) } else { text.append(byte) }
        }
        guard let result = String(validating: text, as: UTF8.self) else { throw failure("UTF-8") }
        return result
    }

    mutating func escape(into text: inout [UInt8]) throws(RouteGridError) {
        guard offset < bytes.count else { throw failure("an escape") }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexQuad())
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure("a low surrogate") }
                let low = UInt32(try hexQuad())
                guard (0xDC00..<0xE000).contains(low) else { throw failure("a low surrogate") }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("a Unicode scalar") }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw failure("a known escape")
        }
    }

    mutating func hexQuad() throws(RouteGridError) -> UInt16 {
        guard offset + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hex digits") }
        offset += 4
        return value
    }
}
