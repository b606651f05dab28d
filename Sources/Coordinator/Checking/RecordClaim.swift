import Catalog
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// What the `result` of a metric record claims, apart from the choices that it is to follow from.
struct RecordClaim {
    private let result: JSONValue
    private let mode: EvaluationMode
    private let isBound: Bool
    private let part: EvaluationPart
    private let points: [OperatingPoint]
    private let picks: CurvePicks
    private let reference: CurveReference

    /// Numbers are written so that they are read again to the bit; sums may have been taken in another order.
    private static let tolerance = 1e-9
    private static let required: Set = [
        "choices", "metrics", "n", "n_missing", "n_missing_chosen", "n_unaffordable", "points", "reference", "slices",
    ]
    private static let optional: Set = ["cost_cap"]

    /// - Throws: `badInput` naming the member that is missing, unknown or malformed.
    init(_ result: JSONValue, fit: FitIdentity, job: JobIdentity) throws(RouteGridError) {
        let members = result.objectValue ?? [:]
        for name in Self.required.sorted() where members[name] == nil {
            throw .badInput("its record", "expected a member result.\(name)")
        }
        guard members.keys.allSatisfy({ Self.required.contains($0) || Self.optional.contains($0) }) else {
            throw .badInput("its record", "result has a member that records do not have")
        }
        (self.result, mode, part) = (result, fit.mode, job.part)
        isBound = fit.mode == .sound && RouterCatalog.bounds.contains(fit.router.kind)
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
        reference = try CurveReference(result["reference"] ?? .null, mode: fit.mode, place: "its record")
    }

    /// What does not follow from the choices on the data; nil when all does.
    ///
    /// Not looked at: where metrics are read (which a worker finds on dev), the values of budgets, `cost_cap` and
    /// `reference.dev`.
    ///
    /// - Throws: `badInput` when the part has no rows.
    func fault(on ground: EvaluationGround, choices bytes: [UInt8]) throws(RouteGridError) -> String? {
        let part = try ground.part(part)
        let outcomes = part.outcomes
        let type = ChoiceType(models: outcomes.models)
        guard result["n"] == JSONValue(outcomes.items) else {
            return "n is not the \(outcomes.items) items of its part"
        }
        guard result["choices"]?["shape"] == [JSONValue(points.count), JSONValue(outcomes.items)],
            result["choices"]?["dtype"] == .string(type.rawValue),
            bytes.count == points.count * outcomes.items * type.width
        else { return "its choices are not \(points.count) × \(outcomes.items) of \(type.rawValue)" }
        let numbers = type.choices(in: bytes)
        guard numbers.allSatisfy({ Int($0) < outcomes.models }) else { return "its choices name a model that is not" }
        let choices = Matrix(rows: points.count, columns: outcomes.items, elements: numbers)
        for (place, (claimed, found)) in zip(points, outcomes.points(of: choices)).enumerated()
        where !(Self.isNear(claimed.cost, found.cost) && Self.isNear(claimed.accuracy, found.accuracy)) {
            return "point \(place) is not what its choices come to"
        }
        let row = choices.row(picks.largest)
        guard result["n_missing"] == JSONValue(outcomes.missingCount),
            result["n_missing_chosen"] == JSONValue(outcomes.missingChosen(in: row)),
            let unaffordable = result["n_unaffordable"]?.integerValue, (0...outcomes.items).contains(unaffordable)
        else { return "its counts of items are not those of its choices" }
        if let fault = referenceFault(ground.reference(on: outcomes, picks: picks)) { return fault }
        return try slicesFault(part, row)
    }

    private func referenceFault(_ found: CurveReference) -> String? {
        guard found.lowestCost == reference.lowestCost, found.highestCost == reference.highestCost,
            found.strongCost == reference.strongCost, found.cheapest == reference.cheapest,
            found.best == reference.best, found.oracleAccuracy == reference.oracleAccuracy,
            found.rankBounds == reference.rankBounds, found.lowCoverage == reference.lowCoverage,
            picks.isBound == isBound
        else { return "its reference is not that of the data" }
        // Of the points as they are claimed, which are near enough: the numbers then agree to the bit.
        let metrics = MetricFormulae(points: points, reference: found)
        let cases = CurveMetric.cases(of: mode)
        guard result["metrics"]?.objectValue?.count == cases.count else {
            return "its metrics are not those of mode \(mode)"
        }
        for metric in cases {
            guard let member = result["metrics"]?[metric.rawValue]?.objectValue else {
                return "metric \(metric.rawValue) is missing"
            }
            switch metrics[metric] {
            case .value(let value):
                guard let claimed = member["v"]?.numberValue, Self.isNear(claimed, value) else {
                    return "metric \(metric.rawValue) is not what its points come to"
                }
            case .absent:
                guard member["v"] == .null, member["why"]?.stringValue != nil else {
                    return "metric \(metric.rawValue) has a value and should have none"
                }
            }
        }
        return nil
    }

    private func slicesFault(_ part: PartGround, _ row: ArraySlice<ModelNumber>) throws(RouteGridError) -> String? {
        var slices = EncodedJSON()
        part.slices.encode(row, part.outcomes, into: &slices)
        let found = try JSONValue(parsing: slices.plain, place: "slices")
        return found == result["slices"] ? nil : "its slices are not what its choices come to"
    }

    private static func isNear(_ claimed: Double, _ found: Double) -> Bool {
        abs(claimed - found) <= tolerance * max(1, abs(found))
    }
}
