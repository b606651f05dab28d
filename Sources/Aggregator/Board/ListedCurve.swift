import RouteGridBase
import RouterCatalog
import RoutingCore

/// Points and metrics of a row's records.
enum ListedCurve {
    /// A single record speaks for itself; several are joined into one curve by the core's formulas.
    ///
    /// Routers whose points do not depend on the budget give the same points at each: these are shown once.
    /// - Parameter records: Equal in all but the budget, in key order.
    /// - Returns: Points by rising budget, numbered anew, and the metrics of the curve.
    /// - Throws: `badInput` when the records were made on different ground.
    static func scored(_ records: [ScoredRecord]) throws(RouteGridError) -> (
        points: [CurvePoint], metrics: [String: JSONValue]
    ) {
        guard let first = records.first else { return ([], absent("no record")) }
        if records.allSatisfy({ $0.points == first.points }) { return (first.points, first.metrics) }
        guard records.allSatisfy({ $0.points.count == 1 }), let mode = EvaluationMode(rawValue: first.mode) else {
            return (records.flatMap(\.points), absent("records of several points each are not joined"))
        }
        let ordered = records.sorted { order($0) < order($1) }
        var references: [CurveReference] = []
        for record in ordered {
            let place = "record \(record.jobKey)"
            references.append(try CurveReference(record.result["reference"] ?? .null, mode: mode, place: place))
        }
        let points = ordered.flatMap(\.points)
        let reference = try CurveReference.joining(
            references,
            largest: points.count - 1,
            place: "record \(first.jobKey) and \(records.count - 1) more"
        )
        let curve = CurveMetrics(
            points: points.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) },
            reference: reference
        )
        let metrics = CurveMetric.allCases.map { ($0.rawValue, curve[$0].json) }
        return (
            points.enumerated().map { $1.numbered($0) },
            Dictionary(uniqueKeysWithValues: metrics)
        )
    }

    /// By rising budget: by threshold, or by falling λ; equal ones by key.
    private static func order(_ record: ScoredRecord) -> (Double, Digest) {
        let point = record.points[0]
        return (point.threshold ?? point.lambda.map { -$0 } ?? point.cost, record.jobKey)
    }

    /// The metrics of every board, without values.
    private static func absent(_ why: String) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: CurveMetric.allCases.map { ($0.rawValue, MetricValue.absent(why: why).json) })
    }
}
