import RouteGridBase

/// Comma-separated values (RFC 4180, lines ended by LF).
struct CSVLines {
    private(set) var text: String
    private let width: Int

    init(columns: [String]) {
        width = columns.count
        text = ""
        add(columns)
    }

    /// Adds a row; nil is an empty field.
    mutating func add(_ fields: [String?]) {
        precondition(fields.count == width, "\(fields.count) fields in \(width) columns")
        text += fields.map { CSVLines.quoted($0 ?? "") }.joined(separator: ",") + "\n"
    }

    static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    /// The shortest text that reads back to the same number.
    static func number(_ value: Double?) -> String? { value.map(JSONValue.shortestText) }
}
