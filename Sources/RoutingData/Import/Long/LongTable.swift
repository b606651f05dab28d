import RouteGridBase

/// A table with a row a query and model, or with columns of several models.
struct LongTable {
    private var reader: CSVReader
    private let header: [String]
    private let paths: LongPaths
    /// The columns at each path, once a model where columns are of models.
    private let columns: [(model: String?, columns: [Int?])]
    /// The numbers of the columns without a name.
    private let unnamed: [Int]

    /// Reads the header.
    ///
    /// - Throws: `badInput` when a column that is needed is not there or is there twice.
    init(
        bytes: [UInt8],
        place: String,
        format: TableFormat,
        paths: LongPaths,
        form: LongForm
    ) throws(RouteGridError) {
        var reader = CSVReader(bytes: bytes, place: place, format: format)
        var row = CSVReader.Row()
        guard try reader.next(into: &row) else { throw .badInput(place, "empty: expected a header row") }
        var header: [String] = []
        for field in row.fields { header.append(try reader.text(of: field, column: "header").withoutOuterBlanks) }
        var problems = ProblemList()
        var numbers: [String: Int] = [:]
        let wanted = Set(paths.all.map(\.text))
        for (index, name) in header.enumerated() where !name.isEmpty {
            if numbers.updateValue(index, forKey: name) != nil, wanted.contains(name) {
                problems.add(.badInput("\(place):1", "column \"\(name)\" occurs twice"))
            }
        }
        if let unusable = form.unusableCost, numbers[unusable.column] != nil,
            form.fields[.cost]?.paths.contains(where: { numbers[$0.text] != nil }) != true
        {
            problems.add(.badInput("\(place):1", unusable.reason))
        }
        let models = Self.models(of: header, form)
        if form.fields[.score]?.paths.first?.hasStar == true, models.isEmpty {
            let pattern = Self.pattern(form)?.text ?? "*"
            problems.add(.badInput("\(place):1", "no column of a model: expected \"\(pattern)\""))
        }
        for field in LongField.allCases {
            guard let source = form.fields[field], let found = paths[field], found.fact == nil else { continue }
            let isThere = source.paths.contains { path in
                numbers[path.text] != nil || path.hasStar
            }
            // The others may stand in some of several files.
            let isNeeded =
                [.model, .score, .id].contains(field) || field == .query && form.fields[.id] == nil
            guard !isThere, isNeeded else { continue }
            let name = source.paths[0].text
            let advice = field == .score ? form.scoreAdvice.map { "; \($0)" } ?? "" : ""
            problems.add(
                .badInput(
                    "\(place):1",
                    "no column \"\(name)\" (\(field.rawValue))\(NearestName.hint(name, in: header.filter { !$0.isEmpty }))\(advice)"
                )
            )
        }
        try problems.throwIfAny()
        columns = (models.isEmpty ? [nil] : models.map { $0 }).map { model in
            (model, paths.all.map { path in numbers[model.map { path.column(of: $0) } ?? path.text] })
        }
        unnamed = header.indices.filter { header[$0].isEmpty }
        (self.reader, self.header, self.paths) = (reader, header, paths)
    }

    /// The pattern that tells which columns are of models: the score's, or another if that fits any column.
    private static func pattern(_ form: LongForm) -> FieldPath? {
        let starred = [LongField.score, .cost, .tokensIn, .tokensOut, .latency]
            .flatMap { form.fields[$0]?.paths ?? [] }.filter(\.hasStar)
        return starred.first { $0.text != "*" } ?? starred.first
    }

    private static func models(of header: [String], _ form: LongForm) -> [String] {
        guard form.fields[.score]?.paths.first?.hasStar == true, let pattern = pattern(form) else { return [] }
        // A star alone stands for the columns that nothing else names.
        let others = pattern.text == "*" ? Set(form.fields.values.flatMap(\.paths).map(\.text)) : []
        return header.filter { !$0.isEmpty && !others.contains($0) }.compactMap { pattern.model(ofColumn: $0) }
    }

    /// Reads the rows.
    mutating func readRows(
        into collector: inout OutcomeCollector,
        _ problems: inout ProblemList
    ) throws(RouteGridError) {
        var row = CSVReader.Row()
        while try reader.next(into: &row) {
            guard row.count == header.count else {
                problems.add(reader.failure(of: row, "expected \(header.count) fields, found \(row.count)"))
                continue
            }
            for (model, columns) in columns {
                let record = TableRecord(reader: reader, row: row, columns: columns, header: header, paths: paths.all)
                do throws(RouteGridError) {
                    try collector.add(record, paths, key: model)
                } catch {
                    problems.add(error)
                }
            }
        }
    }

    func read(
        into collector: inout OutcomeCollector,
        _ problems: inout ProblemList,
        _ notes: inout [String]
    ) throws(RouteGridError) {
        if !unnamed.isEmpty, !notes.contains(Self.unnamedNote) { notes.append(Self.unnamedNote) }
        var table = self
        try table.readRows(into: &collector, &problems)
    }

    static let unnamedNote = "columns without a name, left out (pandas writes its index so)"
}
