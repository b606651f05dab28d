import RouteGridBase

/// A row out of a table, or one model's columns of it.
struct TableRecord: LongRecord {
    let reader: CSVReader
    let row: CSVReader.Row
    /// The number of the column at each path; nil where the table has none.
    let columns: [Int?]
    let header: [String]
    let paths: [FieldPath]

    var place: String { "\(reader.place):\(reader.line(of: row))" }

    func value(_ number: Int, model: String?) throws(RouteGridError) -> JSONValue? {
        guard let column = columns[number] else { return nil }
        let field = row.fields[column]
        guard !field.range.isEmpty else { return nil }
        return .string(try reader.text(of: field, column: header[column]))
    }

    func number(_ number: Int, model: String?) throws(RouteGridError) -> Double? {
        guard let column = columns[number] else { return nil }
        return try reader.number(of: row.fields[column], column: header[column])
    }

    func failure(_ number: Int, _ message: String) -> RouteGridError {
        guard let column = columns[number] else { return reader.failure(of: row, message) }
        return reader.failure(of: row.fields[column], column: header[column], message)
    }
}
