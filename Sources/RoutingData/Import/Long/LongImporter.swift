package import RouteGridBase

/// Imports files with one row a query and model, or a row a query with an entry a model: tables, JSON lines, JSON.
package struct LongImporter: Sendable {
    /// Files, folders and patterns.
    package var files: [String]
    package var form: LongForm
    /// Whether rows are joined by the text of their query although they have ids.
    package var joinsByText: Bool
    /// How tables are written; another separator is found in the header.
    package var format: TableFormat
    package var labels: ImportLabels

    package init(
        files: [String],
        form: LongForm,
        joinsByText: Bool = false,
        format: TableFormat = TableFormat(),
        labels: ImportLabels
    ) {
        self.files = files
        self.form = form
        self.joinsByText = joinsByText
        self.format = format
        self.labels = labels
    }

    /// Reads everything; writes nothing.
    ///
    /// - Throws: `badInput` with file, line and field of all that is wrong; `usage` when the form gives no outcome.
    package func read() throws(RouteGridError) -> (dataset: Dataset, report: ValidationReport) {
        try form.check()
        let labels = try labels.checked()
        let paths = try LongFiles.paths(files, accepts: form.accepts)
        var collector = OutcomeCollector(form, joinsByText: joinsByText)
        var problems = ProblemList()
        var notes: [String] = []
        let newest = try form.newestBy.isEmpty ? nil : NewestFiles(paths, form: form, format: format)
        for path in paths {
            if let newest, !newest.paths.contains(path) { continue }
            do throws(RouteGridError) {
                try read(path, into: &collector, &problems, &notes)
            } catch {
                problems.add(error)
            }
        }
        if let newest, newest.olderCount > 0 {
            notes.append("older files of the same measurements, left out: \(newest.olderCount)")
        }
        try problems.throwIfAny()
        let place = paths.count == 1 ? paths[0] : "\(paths.count) files"
        if collector.scoreCount == 0, collector.rowCount > collector.skippedCount {
            throw .badInput(place, noScores())
        }
        let (dataset, decided) = try collector.dataset(labels, place: place)
        var report = ValidationReport(of: dataset)
        report.isNumbered = collector.samples.allSatisfy { $0.id == nil }
        report.notes.append("rows: \(collector.rowCount), in \(paths.count == 1 ? "1 file" : "\(paths.count) files")")
        report.notes += notes + decided
        return (dataset, report)
    }

    private func noScores() -> String {
        let paths = form.fields[.score]?.paths.map { "\"\($0.text)\"" }.joined(separator: " or ") ?? ""
        return "no row has a score: expected \(paths)" + (form.scoreAdvice.map { "; \($0)" } ?? "")
    }

    private func read(
        _ path: String,
        into collector: inout OutcomeCollector,
        _ problems: inout ProblemList,
        _ notes: inout [String]
    ) throws(RouteGridError) {
        let paths = LongPaths(form, file: path)
        switch try LongContent(path, format: format) {
        case .table(let bytes, let format):
            try LongTable(bytes: bytes, place: path, format: format, paths: paths, form: form)
                .read(into: &collector, &problems, &notes)
        case .lines(let bytes):
            try read(bytes, path: path, paths, into: &collector, &problems)
        case .document(let document): try read(document, place: path, paths, into: &collector, &problems)
        case .arrays:
            throw .badInput(
                path,
                "a .npz archive of numpy: expected a table, JSON lines or JSON (RouterEval's: --preset routereval)"
            )
        }
    }

    // MARK: JSON

    /// Lines that are parsed at once, on all cores.
    private static let linesAtOnce = 16_384

    private func read(
        _ bytes: [UInt8],
        path: String,
        _ paths: LongPaths,
        into collector: inout OutcomeCollector,
        _ problems: inout ProblemList
    ) throws(RouteGridError) {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        var isExplained = false
        for start in stride(from: 0, to: lines.count, by: Self.linesAtOnce) {
            let count = min(Self.linesAtOnce, lines.count - start)
            // Few large tasks: what a task gives is stored under a lock.
            let size = (count + 31) / 32
            let parsed = concurrentMap((count + size - 1) / size) { task in
                (start + task * size..<start + min((task + 1) * size, count)).map { line in
                    Result { () throws(RouteGridError) -> JSONValue? in
                        guard lines[line].contains(where: { $0 > 0x20 }) else { return nil }
                        return try LongContent.parse(lines[line], place: "\(path):\(line + 1)")
                    }
                }
            }
            for (offset, document) in parsed.joined().enumerated() {
                do throws(RouteGridError) {
                    guard let document = try document.get() else { continue }
                    try read(document, place: "\(path):\(start + offset + 1)", paths, into: &collector, &problems)
                } catch {
                    // The command that mends a file is said once.
                    let explained = isExplained ? error : LongContent.explained(error, path: path, isLines: true)
                    isExplained = isExplained || explained.message != error.message
                    problems.add(explained)
                }
            }
        }
    }

    private func read(
        _ document: JSONValue,
        place: String,
        _ paths: LongPaths,
        into collector: inout OutcomeCollector,
        _ problems: inout ProblemList
    ) throws(RouteGridError) {
        let star = form.fields[.score]?.paths.first { $0.stepsBeforeStar != nil }
        for (row, rowPlace) in try rows(of: document, place: place) {
            guard row.objectValue != nil else {
                problems.add(.badInput(rowPlace, "expected an object, found \(String(row.jsonText.prefix(40)))"))
                continue
            }
            let record = JSONRecord(value: row, document: document, place: rowPlace, paths: paths.all)
            do throws(RouteGridError) {
                if let star {
                    for part in try record.spread(at: star) {
                        do throws(RouteGridError) {
                            try collector.add(part, paths, key: part.starName)
                        } catch {
                            problems.add(error)
                        }
                    }
                } else {
                    try collector.add(record, paths)
                }
            } catch {
                problems.add(error)
            }
        }
    }

    /// The rows of a document and what messages call them.
    private func rows(of document: JSONValue, place: String) throws(RouteGridError) -> [(JSONValue, String)] {
        func listed(_ entries: [JSONValue], _ name: String) -> [(JSONValue, String)] {
            entries.enumerated().map { ($0.element, "\(place): \(name)[\($0.offset)]") }
        }
        guard let path = form.rows else {
            return document.arrayValue.map { listed($0, "") } ?? [(document, place)]
        }
        var found: JSONValue? = document
        for step in path.steps {
            guard case .member(let name) = step else { continue }
            found = found?[name]
        }
        if let entries = found?.arrayValue { return listed(entries, path.text) }
        if let entries = document.arrayValue { return listed(entries, "") }
        let known = document.objectValue?.keys.sorted() ?? []
        throw .badInput(
            place,
            "no list \"\(path.text)\": expected a document with it, found the members \(known.prefix(12).joined(separator: ", "))"
        )
    }
}
