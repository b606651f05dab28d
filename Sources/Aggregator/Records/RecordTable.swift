import Catalog
import Grid
package import RouteGridBase

/// Metric records as a table: a row a record, or a row an operating point.
///
/// A column is a short name, a metric, or the path of a member in the record's line (`job.router.k`) or in the facts of
/// its execution (`run.fit_s`). Names and their meaning stay: what is added later gets new ones.
package struct RecordTable: Sendable {
    /// What is shown when nobody chooses.
    package static let usualColumns = [
        "dataset", "router", "parameters", "models", "fusion", "seed", "split", "part", "rule", "budget", "n",
        "accuracy", "mean_cost", "nauc_shared", "gain", "points", "mode", "numerics", "job_key",
    ]
    /// Those of a row that is one operating point.
    package static let pointColumns = ["point", "point_cost", "point_accuracy", "point_threshold", "point_lambda"]

    /// Short names, and where their values stand in a record's line.
    private static let short: [String: String] = [
        "dataset": "job.dataset", "router": "job.router.kind", "models": "job.models", "fusion": "job.fusion.kind",
        "seed": "job.seed", "split": "job.split.index", "part": "job.part", "rule": "job.rule", "budget": "job.budget",
        "n": "result.n", "n_missing": "result.n_missing", "mode": "job.mode", "numerics": "job.numerics",
        "prices": "job.prices", "label": "job.label", "train_modality": "job.modality.train",
        "test_modality": "job.modality.test", "samples": "job.samples", "data": "job.data", "job_key": "job_key",
        "fit_key": "fit_key", "result_sha256": "result_sha256", "choices_sha256": "result.choices.sha256",
    ]
    /// Made of more than one member.
    private static let made = ["parameters", "points"]

    package let columns: [String]
    package let isPointwise: Bool
    private let conditions: [(column: String, value: String)]

    /// - Parameters:
    ///   - columns: What to show, in this order; empty is ``usualColumns``.
    ///   - conditions: Columns and the texts that their values have; a record that has another is left out.
    ///   - isPointwise: A row an operating point.
    /// - Throws: `usage` for a column that no record can have.
    package init(
        columns: [String],
        where conditions: [(column: String, value: String)] = [],
        isPointwise: Bool = false
    ) throws(RouteGridError) {
        let usual = Self.usualColumns.filter { $0 != "points" || !isPointwise } + (isPointwise ? Self.pointColumns : [])
        self.columns = columns.isEmpty ? usual : columns
        (self.conditions, self.isPointwise) = (conditions, isPointwise)
        for column in self.columns + conditions.map(\.column) {
            try Self.check(column, isPointwise: isPointwise)
        }
    }

    /// Whether a column or condition is about the execution.
    package var needsFacts: Bool { (columns + conditions.map(\.column)).contains { $0.hasPrefix("run.") } }

    /// Every name that is not a path.
    package static var names: [String] { short.keys.sorted() + made + CurveMetric.allCases.map(\.rawValue).sorted() }

    private static func check(_ column: String, isPointwise: Bool) throws(RouteGridError) {
        if pointColumns.contains(column) {
            guard isPointwise else { throw RouteGridError(.usage, "column \(column): only with --points") }
            return
        }
        let roots = ["job.", "result.", "run."]
        guard !names.contains(column), !roots.contains(where: column.hasPrefix) else { return }
        throw RouteGridError(
            .usage,
            "column \"\(column)\"\(NearestName.hint(column, in: names + pointColumns)), or a path such as job.router.k"
        )
    }

    /// The rows of a record: none when a condition leaves it out or it is a measurement; else one, or one a point.
    ///
    /// - Parameters:
    ///   - line: The record.
    ///   - facts: The facts of its execution, if known.
    ///   - place: Where it was read, for messages.
    /// - Returns: A value a column.
    /// - Throws: `badInput` when it is no record.
    package func rows(
        of line: some Collection<UInt8>,
        facts: JSONValue? = nil,
        place: String
    ) throws(RouteGridError) -> [[JSONValue]] {
        guard let scan = RecordScan(line) else { throw .badInput(place, "expected a record: one line of JSON") }
        guard !scan.isLatency else { return [] }
        let record = try JSONValue(parsing: line, place: place)
        let points = isPointwise ? record["result"]?["points"]?.arrayValue ?? [] : [.null]
        return points.compactMap { point in
            let holds = conditions.allSatisfy { condition in
                Self.text(value(condition.column, of: record, facts, point)) == condition.value
            }
            return holds ? columns.map { value($0, of: record, facts, point) } : nil
        }
    }

    private func value(_ column: String, of record: JSONValue, _ facts: JSONValue?, _ point: JSONValue) -> JSONValue {
        switch column {
        case "parameters":
            guard case .object(var members)? = record["job"]?["router"] else { return .null }
            members["kind"] = nil
            return .object(members)
        case "points": return JSONValue(record["result"]?["points"]?.arrayValue?.count ?? 0)
        case "point": return point["id"] ?? .null
        case "point_cost", "point_accuracy", "point_threshold", "point_lambda":
            return point[String(column.dropFirst("point_".count))] ?? .null
        default: break
        }
        if let path = Self.short[column] { return Self.member(path, of: record) }
        if CurveMetric(rawValue: column) != nil {
            let reading = record["result"]?["metrics"]?[column] ?? .null
            return reading["v"] ?? .null
        }
        if column.hasPrefix("run.") { return Self.member(String(column.dropFirst(4)), of: facts ?? .null) }
        return Self.member(column, of: record)
    }

    /// The member at a path; names of members may hold dots themselves.
    private static func member(_ path: String, of value: JSONValue) -> JSONValue {
        if let found = value[path] { return found }
        var end = path.startIndex
        while let dot = path[end...].firstIndex(of: ".") {
            if let inner = value[String(path[..<dot])] {
                return member(String(path[path.index(after: dot)...]), of: inner)
            }
            end = path.index(after: dot)
        }
        return .null
    }

    /// A value in one field: texts as they are, numbers in the shortest form that reads back, no value as nothing, else
    /// JSON.
    package static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        default: value.jsonText
        }
    }

    /// The heading of a CSV file of rows.
    package var csvHeading: String { CSVLines(columns: columns).text }

    /// A row as a line of such a file, as ``SafeText/csvField(_:)`` shows texts.
    package static func csv(_ row: [JSONValue]) -> String {
        row.map { CSVLines.quoted(text($0)) }.joined(separator: ",") + "\n"
    }

    /// A row as an object.
    package func object(_ row: [JSONValue]) -> JSONValue {
        .object(Dictionary(zip(columns, row), uniquingKeysWith: { first, _ in first }))
    }
}
