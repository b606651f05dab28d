import RouteGridBase

/// A JSON document with one long list, written with one item a line: line tools and `diff` can read it.
enum JSONDocument {
    /// The document: `{"a":…,"b":…,"NAME":[⏎item,⏎item⏎]}⏎`.
    ///
    /// - Parameters:
    ///   - head: Members before the list, in this order.
    ///   - name: The list's name.
    ///   - items: The list.
    /// - Returns: UTF-8 text.
    static func bytes(head: [(String, JSONValue)], list name: String, _ items: [JSONValue]) -> [UInt8] {
        FilePieces.bytes { append in
            write(head: head, list: name, count: items.count, { items[$0].map { $0.jsonBytes() } }, to: append)
        }
    }

    /// Writes such a document in pieces, its items made on all cores.
    ///
    /// - Parameters:
    ///   - head: Members before the list, in this order.
    ///   - name: The list's name.
    ///   - count: How many items the list has.
    ///   - lines: Some of them in a row, each as JSON; called from several threads at a time.
    ///   - append: Takes a piece of UTF-8 text.
    /// - Throws: What `append` throws.
    static func write<Failure: Error>(
        head: [(String, JSONValue)],
        list name: String,
        count: Int,
        _ lines: @Sendable (Range<Int>) -> [[UInt8]],
        to append: (ArraySlice<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var out: [UInt8] = Array("{".utf8)
        for (key, value) in head {
            out += JSONValue.string(key).jsonBytes() + Array(":".utf8) + escaped(value.jsonBytes()) + Array(",\n".utf8)
        }
        out += JSONValue.string(name).jsonBytes() + Array(":[".utf8)
        try append(out[...])
        try FilePieces.write(
            count,
            { range in
                var out: [UInt8] = []
                for (index, line) in zip(range, lines(range)) {
                    out += (index == 0 ? "\n" : ",\n").utf8
                    out += escaped(line)
                }
                return out
            },
            to: append
        )
        try append(Array((count == 0 ? "]}\n" : "\n]}\n").utf8)[...])
    }

    /// The same JSON with characters that are hidden, or that begin a tag of HTML, as `\uXXXX`: they stand in texts
    /// alone.
    static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x7F || $0 == UInt8(ascii: "<") }) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isEscaped = scalar == "<" || scalar.value >= 0x7F && SafeText.isHidden(scalar)
            guard isEscaped else {
                out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
            }
        }
        return out
    }
}
