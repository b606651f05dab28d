import Foundation

extension JSONValue {
    /// The one byte form that identity is computed from.
    ///
    /// Keys sorted bytewise, no spaces, no null members; integers as integers (a whole number below 2^53 is an integer
    /// however it was written, so that `1` and `1.0` agree); other numbers as strings that hold the shortest text that
    /// reads back to the same double; lists keep their order.
    package func canonicalBytes() -> [UInt8] {
        var out: [UInt8] = []
        write(into: &out, canonical: true)
        return out
    }

    /// Plain JSON: keys sorted bytewise, no spaces, numbers as the shortest text that reads back, nulls kept.
    ///
    /// A number that is not finite has no JSON form: writing one is a bug of the caller.
    package func jsonBytes() -> [UInt8] {
        var out: [UInt8] = []
        write(into: &out, canonical: false)
        return out
    }

    package var canonicalText: String { String(decoding: canonicalBytes(), as: UTF8.self) }
    package var jsonText: String { String(decoding: jsonBytes(), as: UTF8.self) }

    /// The shortest text that reads back to the same double, without a trailing `.0`.
    package static func shortestText(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private func write(into out: inout [UInt8], canonical: Bool) {
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value):
            precondition(value.isFinite, "a number without a JSON form: \(value)")
            if value.rounded() == value && abs(value) < 9_007_199_254_740_992 {
                out.append(contentsOf: String(Int64(value)).utf8)
            } else if canonical {
                JSONValue.writeString(value.description, into: &out)
            } else {
                out.append(contentsOf: value.description.utf8)
            }
        case .string(let text): JSONValue.writeString(text, into: &out)
        case .array(let values):
            out.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                value.write(into: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            var first = true
            for (key, value) in members.sorted(by: { JSONValue.precedes($0.key, $1.key) }) {
                if canonical, case .null = value { continue }
                if !first { out.append(UInt8(ascii: ",")) }
                first = false
                JSONValue.writeString(key, into: &out)
                out.append(UInt8(ascii: ":"))
                value.write(into: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// The order of texts by their UTF-8 bytes.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        let ordered = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right -> Bool in
                guard let a = left.baseAddress, let b = right.baseAddress else { return left.count < right.count }
                let order = memcmp(a, b, min(left.count, right.count))
                return order == 0 ? left.count < right.count : order < 0
            }
        }
        if case .some(.some(let isBefore)) = ordered { return isBefore }
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func writeString(_ text: String, into out: inout [UInt8]) {
        var text = text
        out.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            // Nearly every text goes out as it stands.
            let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
            if isPlain { out.append(contentsOf: bytes) } else { writeEscaped(bytes, into: &out) }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): out.append(contentsOf: "\\\"".utf8)
            case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
            case 0x0A: out.append(contentsOf: "\\n".utf8)
            case 0x0D: out.append(contentsOf: "\\r".utf8)
            case 0x09: out.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                out.append(contentsOf: "\\u00".utf8)
                out.append(hexDigits[Int(byte >> 4)])
                out.append(hexDigits[Int(byte & 15)])
            default: out.append(byte)
            }
        }
    }
}
