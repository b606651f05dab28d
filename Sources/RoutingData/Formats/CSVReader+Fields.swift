import RouteGridBase

extension CSVReader {
    /// The field's text.
    func text(of field: Row.Field, column: String) throws(RouteGridError) -> String {
        let slice = bytes[field.range]
        let text: String?
        if field.hasDoubledQuotes {
            var halved: [UInt8] = []
            halved.reserveCapacity(slice.count)
            var isSecond = false
            for byte in slice {
                isSecond = byte == UInt8(ascii: "\"") && !isSecond
                if byte != UInt8(ascii: "\"") || isSecond { halved.append(byte) }
            }
            text = String(validating: halved, as: UTF8.self)
        } else {
            text = String(validating: slice, as: UTF8.self)
        }
        guard let text else { throw failure(of: field, column: column, "not UTF-8") }
        return text
    }

    /// The field's number, or nil when it is empty or blank; blanks around a number are allowed.
    func number(of field: Row.Field, column: String) throws(RouteGridError) -> Double? {
        let blank = UInt8(ascii: " ")
        var slice = bytes[field.range]
        while slice.first == blank { slice.removeFirst() }
        while slice.last == blank { slice.removeLast() }
        guard let first = slice.first else { return nil }
        if slice.count == 1, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            return Double(first - UInt8(ascii: "0"))
        }
        if format.decimal == .comma, !slice.contains(UInt8(ascii: ".")) {
            slice = ArraySlice(slice.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 })
        } else if format.decimal == .comma {
            slice = []
        }
        let text = String(decoding: bytes[field.range], as: UTF8.self)
        if slice.allSatisfy(Self.isNumberByte), let value = Double(String(decoding: slice, as: UTF8.self)) {
            guard value.isFinite else { throw failure(of: field, column: column, "\"\(text)\" is too large a number") }
            guard
                value != 0 || !slice.prefix(while: { $0 | 0x20 != UInt8(ascii: "e") }).contains(where: Self.isCounting)
            else { throw failure(of: field, column: column, "\"\(text)\" is too small a number") }
            return value
        }
        let name = text.lowercased().drop { "+-".contains($0) }
        guard !["nan", "inf", "infinity"].contains(name) else {
            throw failure(of: field, column: column, "a literal \"\(text)\" is refused: leave a missing cell empty")
        }
        let isDecimal =
            slice.contains(UInt8(ascii: ",")) && slice.allSatisfy { $0 == UInt8(ascii: ",") || Self.isNumberByte($0) }
        let hint = isDecimal ? "; --decimal comma reads decimal commas" : ""
        let found = JSONValue.string(String(text.prefix(40))).jsonText
        throw failure(of: field, column: column, "expected a number, found \(found)\(hint)")
    }

    /// The truth value that a field spells (`True`, `TRUE`, `true` and the like) as 1 or 0, or nil.
    func truth(of field: Row.Field) -> Double? {
        switch bytes[field.range] {
        case let text
        where text.elementsEqual("True".utf8) || text.elementsEqual("true".utf8)
            || text.elementsEqual("TRUE".utf8):
            1
        case let text
        where text.elementsEqual("False".utf8) || text.elementsEqual("false".utf8)
            || text.elementsEqual("FALSE".utf8):
            0
        default: nil
        }
    }

    private static func isCounting(_ byte: UInt8) -> Bool { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte) }

    /// The line, from 1, on which a row begins.
    func line(of row: Row) -> Int { line(at: row.fields.first?.range.lowerBound ?? 0) }

    func failure(of row: Row, _ message: String) -> RouteGridError { .badInput("\(place):\(line(of: row))", message) }

    func failure(of field: Row.Field, column: String, _ message: String) -> RouteGridError {
        failure(at: field.range.lowerBound, "column \"\(column)\": \(message)")
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}
