import Catalog
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// What the `result` of a metric record claims, apart from the choices that it is to follow from.
struct RecordClaim {
    private let contents: RecordContents
    private let mode: EvaluationMode
    private let isBound: Bool
    private let part: EvaluationPart
    private var points: [OperatingPoint] { contents.points }
    private var picks: CurvePicks { contents.picks }

    /// Numbers are written so that they are read again to the bit; sums may have been taken in another order.
    private static let tolerance = 1e-9

    init(_ contents: RecordContents, fit: FitIdentity, job: JobIdentity) {
        (self.contents, mode, part) = (contents, fit.mode, job.part)
        isBound = fit.mode == .sound && RouterCatalog.bounds.contains(fit.router.kind)
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
        guard contents.items == outcomes.items else {
            return "n is not the \(outcomes.items) items of its part"
        }
        guard contents.shape == [points.count, outcomes.items], contents.choiceType == type.rawValue,
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
        guard contents.missing == outcomes.missingCount,
            contents.missingChosen == outcomes.missingChosen(in: row),
            let unaffordable = contents.unaffordable, (0...outcomes.items).contains(unaffordable)
        else { return "its counts of items are not those of its choices" }
        var found = part.reference
        found.picks = picks
        if let fault = referenceFault(found) { return fault }
        return try slicesFault(part, row)
    }

    private func referenceFault(_ found: CurveReference) -> String? {
        let reference = contents.reference
        guard found.lowestCost == reference.lowestCost, found.highestCost == reference.highestCost,
            found.strongCost == reference.strongCost, found.cheapest == reference.cheapest,
            found.best == reference.best, found.oracleAccuracy == reference.oracleAccuracy,
            found.rankBounds == reference.rankBounds, found.lowCoverage == reference.lowCoverage,
            picks.isBound == isBound
        else { return "its reference is not that of the data" }
        // Of the points as they are claimed, which are near enough: the numbers then agree to the bit.
        let metrics = MetricFormulae(points: points, reference: found)
        let cases = CurveMetric.cases(of: mode)
        guard contents.metricCount == cases.count else {
            return "its metrics are not those of mode \(mode)"
        }
        for (metric, claim) in zip(cases, contents.metrics) {
            guard let claim else { return "metric \(metric.rawValue) is missing" }
            switch (metrics[metric], claim.value) {
            case (.value(let value), .number(let claimed)) where Self.isNear(claimed, value): break
            case (.value, _): return "metric \(metric.rawValue) is not what its points come to"
            case (.absent, .null) where claim.hasReason: break
            case (.absent, _): return "metric \(metric.rawValue) has a value and should have none"
            }
        }
        return nil
    }

    private func slicesFault(_ part: PartGround, _ row: ArraySlice<ModelNumber>) throws(RouteGridError) -> String? {
        var slices = EncodedJSON()
        part.slices.encode(row, part.outcomes, into: &slices)
        let isRight =
            switch contents.slices {
            case .text(let text): text == slices.plain
            case .tree(let claimed): try JSONValue(parsing: slices.plain, place: "slices") == claimed
            }
        return isRight ? nil : "its slices are not what its choices come to"
    }

    private static func isNear(_ claimed: Double, _ found: Double) -> Bool {
        abs(claimed - found) <= tolerance * max(1, abs(found))
    }
}
