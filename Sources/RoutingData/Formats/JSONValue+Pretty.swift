package import RouteGridBase

extension JSONValue {
    /// JSON for people: one member a line, two blanks a level, keys sorted, a line feed at the end.
    package func prettyBytes() -> [UInt8] { Array((pretty(indent: "") + "\n").utf8) }

    private func pretty(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .array(let values) where !values.isEmpty:
            let lines = values.map { inner + $0.pretty(indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(inner)\(JSONValue.string($0.key).jsonText): \($0.value.pretty(indent: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        default: return jsonText
        }
    }
}
