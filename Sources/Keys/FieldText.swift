import Glibc
import RouteGridBase
import ZeroMQ

/// A small text file of lines `field: value`; `#` begins a comment line.
///
/// It is of foreign origin until it is read whole: sizes are limited, a field stands once, unknown fields are refused.
/// Errors name file, line and field, and never a value. The bytes are wiped in the end, because one may be a secret.
final class FieldText {
    static let longest = 4096

    private struct Field {
        let line: Int
        let value: Range<Int>
    }

    private let place: String
    private var bytes: [UInt8]
    private var fields: [String: Field] = [:]

    /// Reads a file of a folder; nil when there is none.
    ///
    /// - Throws: As `KeyFolder.read`; `badInput`.
    convenience init?(_ name: String, in folder: KeyFolder, isSecret: Bool) throws(RouteGridError) {
        guard let bytes = try folder.read(name, isSecret: isSecret) else { return nil }
        try self.init(consume bytes, place: folder.place(of: name))
    }

    /// - Parameters:
    ///   - bytes: given away, or wiping them would wipe a copy.
    ///   - place: names the file in errors.
    /// - Throws: `badInput`.
    init(_ bytes: consuming [UInt8], place: String) throws(RouteGridError) {
        self.bytes = consume bytes
        self.place = place
        guard self.bytes.count <= Self.longest else {
            throw .badInput(place, "has \(self.bytes.count) bytes; a key's file has at most \(Self.longest)")
        }
        var (start, number) = (0, 0)
        while start < self.bytes.count {
            number += 1
            let end = self.bytes[start...].firstIndex(of: 0x0A) ?? self.bytes.count
            let isBad = self.bytes[start..<end].contains { $0 < 0x20 || $0 > 0x7E }
            guard !isBad else { throw .badInput("\(place):\(number)", "expected printable ASCII only") }
            if start < end, self.bytes[start] != UInt8(ascii: "#") { try add(start..<end, line: number) }
            start = end + 1
        }
    }

    deinit { explicit_bzero(&bytes, bytes.count) }

    private func add(_ line: Range<Int>, line number: Int) throws(RouteGridError) {
        // The value may hold colons: Z85 has one.
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound,
            bytes[line.lowerBound..<colon].allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
        else { throw .badInput("\(place):\(number)", "expected a line such as \"name: w1\"") }
        let name = String(decoding: bytes[line.lowerBound..<colon], as: UTF8.self)
        var value = colon + 1..<line.upperBound
        while let first = value.first, bytes[first] == 0x20 { value = first + 1..<value.upperBound }
        while let last = value.last, bytes[last] == 0x20 { value = value.lowerBound..<last }
        guard fields[name] == nil else { throw .badInput("\(place):\(number)", "field \"\(name)\" stands twice") }
        fields[name] = Field(line: number, value: value)
    }

    /// The value of a field, as `parse` reads it; nil when the field is absent.
    ///
    /// - Throws: `badInput` naming the line and the field when `parse` gives nothing.
    func optional<Value>(
        _ name: String,
        _ expected: String,
        _ parse: (ArraySlice<UInt8>) -> Value?
    ) throws(RouteGridError) -> Value? {
        guard let field = fields.removeValue(forKey: name) else { return nil }
        guard let value = parse(bytes[field.value]) else {
            throw .badInput("\(place):\(field.line)", "field \"\(name)\": expected \(expected)")
        }
        return value
    }

    /// - Throws: As ``optional(_:_:_:)``, and when the field is missing.
    func required<Value>(
        _ name: String,
        _ expected: String,
        _ parse: (ArraySlice<UInt8>) -> Value?
    ) throws(RouteGridError) -> Value {
        guard let value = try optional(name, expected, parse) else {
            throw .badInput(place, "field \"\(name)\" is missing: expected \(expected)")
        }
        return value
    }

    /// - Throws: `badInput` when a field is left that nobody asked for.
    func finish() throws(RouteGridError) {
        guard let (name, field) = fields.min(by: { $0.value.line < $1.value.line }) else { return }
        throw .badInput("\(place):\(field.line)", "field \"\(name)\" is not known here")
    }
}

/// What more than one kind of file holds.
extension FieldText {
    func format(_ expected: String) throws(RouteGridError) {
        _ = try required("format", "\"\(expected)\"; a newer routegrid may have written the file") {
            Self.text($0) == expected ? true : nil
        }
    }

    func keyName() throws(RouteGridError) -> KeyName {
        try required("name", "the name of a key") { KeyName(checking: Self.text($0)) }
    }

    func role() throws(RouteGridError) -> Role {
        try required("role", Role.list) { Role(rawValue: Self.text($0)) }
    }

    func publicKey(_ name: String) throws(RouteGridError) -> PublicKey {
        try required(name, "a public key of 40 characters") { PublicKey(z85: Self.text($0)) }
    }

    static func text(_ value: ArraySlice<UInt8>) -> String { String(decoding: value, as: UTF8.self) }
}
