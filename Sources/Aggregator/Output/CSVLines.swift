import RouteGridBase

/// Comma-separated values (RFC 4180, lines ended by LF), as ``SafeText/csvField(_:)`` shows them.
struct CSVLines {
    private(set) var text: String
    private let width: Int

    init(columns: [String]) {
        self.init(width: columns.count)
        add(columns)
    }

    /// Lines without their heading.
    init(width: Int) { (self.width, text) = (width, "") }

    /// Adds a row; nil is an empty field.
    mutating func add(_ fields: [String?]) {
        add(behind: Fields([]), fields)
    }

    /// Some fields of a line as they are written, for lines that begin alike.
    struct Fields {
        fileprivate let text: String
        fileprivate let count: Int

        init(_ fields: [String?]) {
            count = fields.count
            text = fields.map { CSVLines.quoted($0 ?? "") + "," }.joined()
        }

        private init(text: String, count: Int) { (self.text, self.count) = (text, count) }

        static func + (left: Fields, right: Fields) -> Fields {
            Fields(text: left.text + right.text, count: left.count + right.count)
        }
    }

    /// Adds a row of which the first fields are written already.
    mutating func add(behind first: Fields, _ fields: [String?]) {
        let count = first.count + fields.count
        precondition(count == width, "\(count) fields in \(width) columns")
        text += first.text
        text += fields.map { CSVLines.quoted($0 ?? "") }.joined(separator: ",") + "\n"
    }

    static func quoted(_ field: String) -> String {
        let field = SafeText.csvField(field)
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    /// The shortest text that reads back to the same number.
    static func number(_ value: Double?) -> String? { value.map(JSONValue.shortestText) }
}
