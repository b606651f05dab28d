package import RouteGridBase

/// Reads separated values row by row (RFC 4180, also with another separator than a comma: quoted fields may hold
/// separators, quotes and line breaks; lines end in LF or CRLF; a byte order mark and empty lines are skipped).
///
/// Fields are ranges of the file's bytes and become text or numbers only when asked for.
package struct CSVReader: Sendable {
    /// One row: its fields and where they stand.
    package struct Row: Sendable {
        struct Field: Sendable {
            var range: Range<Int>
            /// Whether the field holds doubled quotes that must be halved.
            var hasDoubledQuotes: Bool
        }
        var fields: [Field] = []
        package var count: Int { fields.count }
    }

    package let bytes: [UInt8]
    /// What the text is, for error messages: the file's path.
    package let place: String
    package let format: TableFormat
    private let separator: UInt8
    private var offset = 0

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    package init(bytes: [UInt8], place: String, format: TableFormat = TableFormat()) {
        self.bytes = bytes
        self.place = place
        self.format = format
        separator = format.separator.byte
        offset = ByteOrderMark.byteCount(of: bytes)
    }

    /// The next row, or nil at the end.
    ///
    /// - Parameter row: reused storage; its old fields are dropped.
    /// - Returns: whether there was a row.
    /// - Throws: `badInput` with the line when quotes do not match.
    package mutating func next(into row: inout Row) throws(RouteGridError) -> Bool {
        while offset < bytes.count, lineBreakLength(at: offset) > 0 { offset += lineBreakLength(at: offset) }
        row.fields.removeAll(keepingCapacity: true)
        guard offset < bytes.count else { return false }
        while true {
            row.fields.append(bytes[offset...].first == Self.quote ? try quotedField() : try plainField())
            guard offset < bytes.count else { return true }
            if bytes[offset] == separator {
                offset += 1
                if offset == bytes.count {
                    row.fields.append(Row.Field(range: offset..<offset, hasDoubledQuotes: false))
                    return true
                }
            } else {
                offset += lineBreakLength(at: offset)
                return true
            }
        }
    }

    private func lineBreakLength(at offset: Int) -> Int {
        if bytes[offset] == Self.lineFeed { return 1 }
        guard bytes[offset] == Self.carriageReturn, offset + 1 < bytes.count, bytes[offset + 1] == Self.lineFeed else {
            return 0
        }
        return 2
    }

    private mutating func plainField() throws(RouteGridError) -> Row.Field {
        let start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == separator || byte == Self.lineFeed { break }
            if byte == Self.carriageReturn {
                guard lineBreakLength(at: offset) == 2 else {
                    throw failure(at: offset, "a carriage return without a line feed: expected LF or CRLF line ends")
                }
                break
            }
            guard byte != Self.quote else {
                throw failure(
                    at: offset,
                    "a quote inside a field: expected the whole field in quotes, inner ones doubled"
                )
            }
            offset += 1
        }
        return Row.Field(range: start..<offset, hasDoubledQuotes: false)
    }

    private mutating func quotedField() throws(RouteGridError) -> Row.Field {
        let opening = offset
        var hasDoubledQuotes = false
        offset += 1
        while offset < bytes.count {
            guard bytes[offset] == Self.quote else {
                offset += 1
                continue
            }
            if offset + 1 < bytes.count, bytes[offset + 1] == Self.quote {
                hasDoubledQuotes = true
                offset += 2
                continue
            }
            let field = Row.Field(range: opening + 1..<offset, hasDoubledQuotes: hasDoubledQuotes)
            offset += 1
            guard offset == bytes.count || bytes[offset] == separator || lineBreakLength(at: offset) > 0 else {
                throw failure(
                    at: offset,
                    "expected a \(format.separator.rawValue) or a line end after the closing quote"
                )
            }
            return field
        }
        throw failure(at: opening, "the quote that opens here is never closed")
    }

    func failure(at offset: Int, _ message: String) -> RouteGridError {
        .badInput("\(place):\(line(at: offset))", message)
    }

    /// The line, from 1, that a byte stands on; O(offset), so for error messages only.
    func line(at offset: Int) -> Int {
        bytes[..<min(offset, bytes.count)].reduce(1) { $0 + ($1 == Self.lineFeed ? 1 : 0) }
    }
}
