package import RouteGridBase

/// A table with a header row: cells by row number and column number, errors with file, line and column name.
package struct CSVTable: Sendable {
    /// The columns' names, without blanks around them; that of the first may be empty, as pandas writes its index.
    package let header: [String]
    /// The names as the file has them, for error messages.
    private let titles: [String]
    private let numbers: [String: Int]
    private let reader: CSVReader
    private let rows: [CSVReader.Row]

    package var place: String { reader.place }
    package var count: Int { rows.count }

    /// Reads a whole table.
    ///
    /// - Parameters:
    ///   - bytes: the text.
    ///   - place: what it is, for error messages: the file's path.
    ///   - format: how it is written.
    ///   - renamed: other names of columns, by the name that the file has.
    /// - Throws: `badInput` when there is no header, a column has no name or is named twice, a row has another number
    ///   of fields than the header, a renamed column is absent, or a quote is left open.
    package init(
        bytes: [UInt8],
        place: String,
        format: TableFormat = TableFormat(),
        renamed: [String: String] = [:]
    ) throws(RouteGridError) {
        var reader = CSVReader(bytes: bytes, place: place, format: format)
        var row = CSVReader.Row()
        guard try reader.next(into: &row) else { throw .badInput(place, "empty: expected a header row") }
        var header: [String] = []
        header.reserveCapacity(row.count)
        for field in row.fields { header.append(try reader.text(of: field, column: "header").withoutOuterBlanks) }
        titles = header
        var problems = ProblemList()
        for name in renamed.keys.sorted() where !titles.contains(name) {
            let known = titles.filter { !$0.isEmpty }
            problems.add(.badInput("\(place):1", "no column \"\(name)\"\(NearestName.hint(name, in: known))"))
        }
        header = header.map { renamed[$0] ?? $0 }
        var numbers: [String: Int] = [:]
        numbers.reserveCapacity(header.count)
        for (index, name) in header.enumerated() {
            if name.isEmpty {
                if index == 0, header.count > 1 { continue }
                problems.add(.badInput("\(place):1", "column \(index + 1) has no name"))
            } else if numbers.updateValue(index, forKey: name) != nil {
                problems.add(.badInput("\(place):1", "column \"\(name)\" occurs twice"))
            }
        }
        var rows: [CSVReader.Row] = []
        while let found = problems.attempt({ () throws(RouteGridError) in try reader.next(into: &row) }), found {
            if row.count == header.count {
                rows.append(row)
            } else {
                problems.add(reader.failure(of: row, "expected \(header.count) fields, found \(row.count)"))
            }
        }
        try problems.throwIfAny()
        self.header = header
        self.numbers = numbers
        self.rows = rows
        self.reader = reader
    }

    package init(file: String) throws(RouteGridError) {
        try self.init(bytes: try FileBytes.read(file), place: file)
    }

    /// Reads a table that people made.
    ///
    /// - Throws: `badInput` that names what the file is when it is no table, or one with another separator; else as
    ///   ``init(bytes:place:format:renamed:)``.
    package init(
        importing file: String,
        format: TableFormat = TableFormat(),
        renamed: [String: String] = [:]
    ) throws(RouteGridError) {
        let bytes = try PackedFile.read(file)
        let expected = "a table of values separated by \(format.separator.rawValue)s, in UTF-8"
        try FileKind.refuseBinary(bytes, place: file, expected: expected)
        if let kind = FileKind.text(bytes) { throw kind.refusal(place: file, expected: expected) }
        let text = bytes.dropFirst(ByteOrderMark.byteCount(of: bytes))
        let line = text.prefix { $0 != 0x0a && $0 != 0x0d }
        if line.count == 5, line.starts(with: "sep=".utf8) {
            let found = String(decoding: line, as: UTF8.self)
            throw .badInput("\(file):1", "the line \"\(found)\" is a note for Excel and not a header: delete it")
        }
        if let other = format.otherSeparator(in: text) {
            throw .badInput(
                "\(file):1",
                "separated by \(other.rawValue)s: expected \(format.separator.rawValue)s; --separator "
                    + "\(other.rawValue) reads it"
            )
        }
        try self.init(bytes: bytes, place: file, format: format, renamed: renamed)
    }

    /// The number of a column, or nil.
    package func column(_ name: String) -> Int? { numbers[name] }

    /// The number of a column that must be there.
    package func requiredColumn(_ name: String) throws(RouteGridError) -> Int {
        guard let found = column(name) else {
            throw .badInput("\(place):1", "no column \"\(name)\"\(NearestName.hint(name, in: header))")
        }
        return found
    }

    package func text(_ row: Int, _ column: Int) throws(RouteGridError) -> String {
        try reader.text(of: rows[row].fields[column], column: titles[column])
    }

    /// The number in a cell, or nil when the cell is empty.
    package func number(_ row: Int, _ column: Int) throws(RouteGridError) -> Double? {
        try reader.number(of: rows[row].fields[column], column: titles[column])
    }

    /// 1 or 0 when the cell spells a truth value, else nil.
    package func truth(_ row: Int, _ column: Int) -> Double? { reader.truth(of: rows[row].fields[column]) }

    /// The line, from 1, on which a row begins.
    package func line(_ row: Int) -> Int { reader.line(of: rows[row]) }

    /// An error about one cell: `FILE:LINE: column "NAME": MESSAGE`.
    package func failure(_ row: Int, _ column: Int, _ message: String) -> RouteGridError {
        reader.failure(of: rows[row].fields[column], column: titles[column], message)
    }
}
