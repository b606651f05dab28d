package import RouteGridBase

/// A table with a header row: cells by row number and column number, errors with file, line and column name.
package struct CSVTable: Sendable {
    package let header: [String]
    private let reader: CSVReader
    private let rows: [CSVReader.Row]

    package var place: String { reader.place }
    package var count: Int { rows.count }

    /// Reads a whole table.
    ///
    /// - Throws: `badInput` when there is no header, a column has no name or is named twice, a row has another number of
    ///   fields than the header, or a quote is left open.
    package init(bytes: [UInt8], place: String) throws(RouteGridError) {
        var reader = CSVReader(bytes: bytes, place: place)
        var row = CSVReader.Row()
        guard try reader.next(into: &row) else { throw .badInput(place, "empty: expected a header row") }
        var header: [String] = []
        for field in row.fields { header.append(try reader.text(of: field, column: "header")) }
        var seen: Set<String> = []
        for (index, name) in header.enumerated() {
            guard !name.isEmpty else { throw .badInput("\(place):1", "column \(index + 1) has no name") }
            guard seen.insert(name).inserted else { throw .badInput("\(place):1", "column \"\(name)\" occurs twice") }
        }
        var rows: [CSVReader.Row] = []
        while try reader.next(into: &row) {
            guard row.count == header.count else {
                throw reader.failure(of: row, "expected \(header.count) fields, found \(row.count)")
            }
            rows.append(row)
        }
        self.header = header
        self.rows = rows
        self.reader = reader
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    /// The number of a column, or nil.
    package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

    /// The number of a column that must be there.
    package func requiredColumn(_ name: String) throws(RouteGridError) -> Int {
        guard let found = column(name) else {
            throw .badInput("\(place):1", "no column \"\(name)\"\(NearestName.hint(name, in: header))")
        }
        return found
    }

    package func text(_ row: Int, _ column: Int) throws(RouteGridError) -> String {
        try reader.text(of: rows[row].fields[column], column: header[column])
    }

    /// The number in a cell, or nil when the cell is empty.
    package func number(_ row: Int, _ column: Int) throws(RouteGridError) -> Double? {
        try reader.number(of: rows[row].fields[column], column: header[column])
    }

    /// The line, from 1, on which a row begins.
    package func line(_ row: Int) -> Int { reader.line(of: rows[row]) }

    /// An error about one cell: `FILE:LINE: column "NAME": MESSAGE`.
    package func failure(_ row: Int, _ column: Int, _ message: String) -> RouteGridError {
        reader.failure(of: rows[row].fields[column], column: header[column], message)
    }
}
