/// A JSON text in both of its forms, written side by side without a tree: plain, as lines of files hold it, and
/// canonical, as digests hash it.
///
/// The caller writes members in the order of their names' bytes; what it writes equals ``JSONValue/jsonBytes()`` and
/// ``JSONValue/canonicalBytes()`` of the same document. The two forms differ in numbers that are not whole (canonical:
/// a text) and in null members (canonical: none).
///
/// ```swift
/// var json = EncodedJSON()
/// json.object {
///     $0.member("cost").number(0.5)
///     $0.member("n").integer(4)
///     $0.nullMember("why")
/// }
/// ```
package struct EncodedJSON: Hashable, Sendable {
    package private(set) var plain: [UInt8] = []
    package private(set) var canonical: [UInt8] = []
    /// Whether a member or element was written before at this level, in each form.
    private var plainHasMember = false
    private var canonicalHasMember = false

    package init() {}

    /// The two forms of a tree.
    package init(_ value: JSONValue) {
        plain = value.jsonBytes()
        canonical = value.canonicalBytes()
    }

    package mutating func reserve(_ byteCount: Int) {
        plain.reserveCapacity(byteCount)
        canonical.reserveCapacity(byteCount)
    }

    // MARK: Structure

    @inline(__always)
    package mutating func object(_ members: (inout EncodedJSON) -> Void) { level("{", "}", members) }

    @inline(__always)
    package mutating func array(_ elements: (inout EncodedJSON) -> Void) { level("[", "]", elements) }

    @inline(__always)
    private mutating func level(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout EncodedJSON) -> Void) {
        both(UInt8(ascii: open))
        (plainHasMember, canonicalHasMember) = (false, false)
        body(&self)
        both(UInt8(ascii: close))
        (plainHasMember, canonicalHasMember) = (true, true)
    }

    /// Begins a member: its value must follow.
    ///
    /// `name` needs no escapes.
    package mutating func member(_ name: StaticString) {
        separate()
        both(UInt8(ascii: "\""))
        append(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        both(UInt8(ascii: "\""))
        both(UInt8(ascii: ":"))
    }

    /// Begins a member whose name was encoded before, quotes included.
    package mutating func member(encoded name: [UInt8]) {
        separate()
        name.withUnsafeBufferPointer { append($0) }
        both(UInt8(ascii: ":"))
    }

    /// A null member: the canonical form leaves it out.
    package mutating func nullMember(_ name: StaticString) {
        if plainHasMember { plain.append(UInt8(ascii: ",")) }
        plainHasMember = true
        plain.append(UInt8(ascii: "\""))
        plain.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        plain.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        plain.append(contentsOf: "null".utf8)
    }

    /// Begins an element of an array: its value must follow.
    package mutating func element() { separate() }

    /// Members written elsewhere, without the braces around them.
    package mutating func members(_ others: EncodedJSON) {
        if !others.plain.isEmpty {
            if plainHasMember { plain.append(UInt8(ascii: ",")) }
            plain.append(contentsOf: others.plain)
            plainHasMember = true
        }
        if !others.canonical.isEmpty {
            if canonicalHasMember { canonical.append(UInt8(ascii: ",")) }
            canonical.append(contentsOf: others.canonical)
            canonicalHasMember = true
        }
    }

    private mutating func separate() {
        if plainHasMember { plain.append(UInt8(ascii: ",")) }
        if canonicalHasMember { canonical.append(UInt8(ascii: ",")) }
        (plainHasMember, canonicalHasMember) = (true, true)
    }

    // MARK: Values

    package mutating func value(_ other: EncodedJSON) {
        plain.append(contentsOf: other.plain)
        canonical.append(contentsOf: other.canonical)
    }

    package mutating func integer(_ value: Int) {
        var text = String(value)
        text.withUTF8 { append($0) }
    }

    /// A number, which must be finite: one that is not has no JSON form.
    package mutating func number(_ value: Double) {
        precondition(value.isFinite, "a number without a JSON form: \(value)")
        if value.rounded() == value && abs(value) < 9_007_199_254_740_992 { return integer(Int(value)) }
        var text = value.description
        text.withUTF8 { bytes in
            plain.append(contentsOf: bytes)
            canonical.append(UInt8(ascii: "\""))
            canonical.append(contentsOf: bytes)
            canonical.append(UInt8(ascii: "\""))
        }
    }

    package mutating func boolean(_ value: Bool) {
        let text: StaticString = value ? "true" : "false"
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func string(_ text: String) {
        let bytes = JSONValue.string(text).jsonBytes()
        bytes.withUnsafeBufferPointer { append($0) }
    }

    /// A text of plain ASCII without quotes, backslashes and control characters.
    package mutating func ascii(_ text: [UInt8]) {
        both(UInt8(ascii: "\""))
        text.withUnsafeBufferPointer { append($0) }
        both(UInt8(ascii: "\""))
    }

    private mutating func both(_ byte: UInt8) {
        plain.append(byte)
        canonical.append(byte)
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        plain.append(contentsOf: bytes)
        canonical.append(contentsOf: bytes)
    }
}
