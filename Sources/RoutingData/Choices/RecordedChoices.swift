package import RouteGridBase

/// Which model some router chose for each query, from a file: CSV or JSON lines with `sample_id`, `model` and, for
/// several operating points, `budget`; or RouterArena's prediction format.
///
/// A row without a model, and a query without a row, has no answer.
package struct RecordedChoices: Sendable {
    private struct Answer {
        var model: String
        var place: String
    }

    /// The file, for messages.
    private let place: String
    /// The operating points: by rising budget where all are numbers, else in the order of the file.
    package private(set) var budgets: [String] = []
    /// By operating point: the answers by sample id.
    private var answers: [[String: Answer]] = []

    /// Reads a file of choices.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - place: its name for messages.
    ///   - names: how models are called here: `theirs=ours,…`, or `exact`.
    /// - Throws: `badInput` with file, line and column for a row that cannot be read or a query that is answered twice.
    package init(bytes: [UInt8], place: String, names: String = "exact") throws(RouteGridError) {
        self.place = place
        let names = try Self.names(names, place: place)
        try FileKind.refuseBinary(bytes, place: place, expected: "choices: a CSV table or JSON lines, in UTF-8")
        var found: [String: [String: Answer]] = [:]
        var order: [String] = []
        var problems = ProblemList()
        func add(_ id: String?, _ model: String?, _ budget: String?, _ place: String) {
            guard let id, !id.isEmpty else {
                problems.add(.badInput(place, "expected a sample_id, found none"))
                return
            }
            let budget = budget ?? ""
            if found[budget] == nil { order.append(budget) }
            let answer = model.flatMap { $0.isEmpty ? nil : Answer(model: names[$0] ?? $0, place: place) }
            if found[budget, default: [:]].updateValue(answer ?? Answer(model: "", place: place), forKey: id) != nil {
                let at = budget.isEmpty ? "" : " at budget \(budget)"
                problems.add(.badInput(place, "sample \"\(id)\" is answered twice\(at)"))
            }
        }
        let first = bytes.dropFirst(ByteOrderMark.byteCount(of: bytes)).first { $0 > 0x20 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            for (row, place) in try Self.rows(bytes, place: place) {
                // RouterArena: rows of other models' answers are no choices.
                if row["for_optimality"]?.boolValue == true { continue }
                let id = ["sample_id", "global index", "global_index", "id"].lazy.compactMap { row[$0] }.first
                let used = row["generated_result"]?["model_used"]?.stringValue
                let model = used ?? row["model"]?.stringValue ?? row["prediction"]?.stringValue
                add(id.flatMap(Self.text), model, row["budget"].flatMap(Self.text), place)
            }
        } else {
            let text = bytes.dropFirst(ByteOrderMark.byteCount(of: bytes))
            var format = TableFormat()
            if let other = format.otherSeparator(in: text) { format.separator = other }
            let table = try CSVTable(bytes: bytes, place: place, format: format)
            let (id, model) = (try table.requiredColumn("sample_id"), try table.requiredColumn("model"))
            let budget = table.column("budget")
            for row in 0..<table.count {
                add(
                    try table.text(row, id),
                    try table.text(row, model),
                    try budget.map { column throws(RouteGridError) in try table.text(row, column) },
                    "\(place):\(table.line(row))"
                )
            }
        }
        try problems.throwIfAny()
        guard !order.isEmpty else { throw .badInput(place, "no choices") }
        let numbers = order.compactMap(Double.init)
        if numbers.count == order.count {
            order = order.indices.sorted { (numbers[$0], $0) < (numbers[$1], $1) }.map { order[$0] }
        }
        budgets = order
        answers = order.map { found[$0] ?? [:] }
    }

    private static func names(_ text: String, place: String) throws(RouteGridError) -> [String: String] {
        guard text != "exact" else { return [:] }
        var names: [String: String] = [:]
        for entry in text.split(separator: ",") {
            let sides = entry.split(separator: "=", maxSplits: 1).map { String($0).withoutOuterBlanks }
            guard sides.count == 2 else {
                throw .badInput(place, "names: expected exact or THEIRS=OURS,…, found \"\(entry)\"")
            }
            names[sides[0]] = sides[1]
        }
        return names
    }

    private static func rows(_ bytes: [UInt8], place: String) throws(RouteGridError) -> [(JSONValue, String)] {
        if bytes.first(where: { $0 > 0x20 && $0 < 0x7f }) == UInt8(ascii: "[") {
            let rows = try JSONValue(parsing: bytes, place: place).arrayValue ?? []
            return rows.enumerated().map { ($0.element, "\(place): [\($0.offset)]") }
        }
        var rows: [(JSONValue, String)] = []
        for (line, text) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
        where text.contains(where: { $0 > 0x20 }) {
            rows.append((try JSONValue(parsing: text, place: "\(place):\(line + 1)"), "\(place):\(line + 1)"))
        }
        return rows
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .double(let number): JSONValue.shortestText(number)
        default: nil
        }
    }

    /// Refuses choices of models that a dataset does not have.
    ///
    /// - Throws: `badInput` with the line of each, and when no row is of this dataset.
    package func check(models: [String], samples: [Sample], dataset: String) throws(RouteGridError) {
        let known = Set(models)
        var problems = ProblemList()
        var count = 0
        for sample in samples {
            for point in answers {
                guard let answer = point[sample.id] else { continue }
                count += 1
                guard !answer.model.isEmpty, !known.contains(answer.model) else { continue }
                problems.add(
                    .badInput(
                        answer.place,
                        "dataset \(dataset) has no model \"\(answer.model)\"\(NearestName.hint(answer.model, in: models)); "
                            + "names: THEIRS=OURS,… maps names"
                    )
                )
            }
        }
        try problems.throwIfAny()
        guard count > 0 else {
            let id = samples.first.map { ", such as \"\($0.id)\"" } ?? ""
            throw .badInput(place, "no row is of dataset \(dataset): expected its sample ids\(id)")
        }
    }

    /// The choices of some rows, by operating point: model numbers, and the number of models where there is no answer.
    package func policies(for rows: [Int], samples: [Sample], models: [String]) -> [[Int]] {
        let numbers = Dictionary(uniqueKeysWithValues: models.enumerated().map { ($0.element, $0.offset) })
        return answers.map { point in
            rows.map { row in point[samples[row].id].flatMap { numbers[$0.model] } ?? models.count }
        }
    }
}
