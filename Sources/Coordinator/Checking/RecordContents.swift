import Catalog
import RouteGridBase
import Scoring

/// The contents of the `result` of a metric record, as far as they are checked.
struct RecordContents {
    struct Metric {
        enum Value {
            case number(Double)
            case null, other
        }

        var value = Value.other
        /// Whether a reason stands where the value is absent.
        var hasReason = false
    }

    enum Slices {
        case text([UInt8])
        case tree(JSONValue?)
    }

    /// `[points, items]` of the choices.
    var shape: [Int]?
    var choiceType: String?
    var items: Int?
    var missing: Int?
    var missingChosen: Int?
    var unaffordable: Int?
    /// At least one.
    var points: [OperatingPoint]
    var picks: CurvePicks
    /// Without picks and without what was read on dev.
    var reference: CurveReference
    /// How many metrics there are, known ones and others.
    var metricCount: Int?
    /// In the order of the mode's metrics; nil for one that is not an object, or not there.
    var metrics: [Metric?]
    var slices: Slices

    private static let required: Set = [
        "choices", "metrics", "n", "n_missing", "n_missing_chosen", "n_unaffordable", "points", "reference", "slices",
    ]
    private static let optional: Set = ["cost_cap"]

    /// - Throws: `badInput` naming the member that is missing, unknown or malformed.
    init(_ result: JSONValue, mode: EvaluationMode) throws(RouteGridError) {
        let members = result.objectValue ?? [:]
        for name in Self.required.sorted() where members[name] == nil {
            throw .badInput("its record", "expected a member result.\(name)")
        }
        guard members.keys.allSatisfy({ Self.required.contains($0) || Self.optional.contains($0) }) else {
            throw .badInput("its record", "result has a member that records do not have")
        }
        var points: [OperatingPoint] = []
        for (place, point) in (result["points"]?.arrayValue ?? []).enumerated() {
            guard point["id"]?.integerValue == place, let cost = point["cost"]?.numberValue,
                let accuracy = point["accuracy"]?.numberValue, cost.isFinite, accuracy.isFinite
            else { throw .badInput("its record", "result.points: expected id, cost and accuracy of point \(place)") }
            points.append(OperatingPoint(cost: cost, accuracy: accuracy))
        }
        guard !points.isEmpty, let picks = try CurvePicks(recorded: result, count: points.count, place: "its record")
        else { throw .badInput("its record", "expected points, and where metrics are read") }
        (self.points, self.picks) = (points, picks)
        reference = try CurveReference(result["reference"] ?? .null, mode: mode, place: "its record")
        let shape = result["choices"]?["shape"]?.arrayValue
        self.shape = shape?.compactMap(\.integerValue)
        if self.shape?.count != shape?.count { self.shape = nil }
        choiceType = result["choices"]?["dtype"]?.stringValue
        items = result["n"]?.integerValue
        missing = result["n_missing"]?.integerValue
        missingChosen = result["n_missing_chosen"]?.integerValue
        unaffordable = result["n_unaffordable"]?.integerValue
        metricCount = result["metrics"]?.objectValue?.count
        metrics = CurveMetric.cases(of: mode).map { metric in
            guard let member = result["metrics"]?[metric.rawValue]?.objectValue else { return nil }
            return Metric(
                value: member["v"] == .null ? .null : member["v"]?.numberValue.map(Metric.Value.number) ?? .other,
                hasReason: member["why"]?.stringValue != nil
            )
        }
        slices = .tree(result["slices"])
    }
}
