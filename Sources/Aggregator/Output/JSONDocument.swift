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
        var out: [UInt8] = Array("{".utf8)
        for (key, value) in head {
            out += JSONValue.string(key).jsonBytes() + Array(":".utf8) + value.jsonBytes() + Array(",\n".utf8)
        }
        out += JSONValue.string(name).jsonBytes() + Array(":[".utf8)
        for (index, item) in items.enumerated() {
            out += Array((index == 0 ? "\n" : ",\n").utf8) + item.jsonBytes()
        }
        out += Array((items.isEmpty ? "]}\n" : "\n]}\n").utf8)
        return out
    }
}
