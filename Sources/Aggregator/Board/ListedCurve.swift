import Catalog
import Grid
import RouteGridBase
import Scoring

/// Points and metrics of a run's records.
struct ListedCurve {
    /// By rising budget, numbered anew.
    let points: [CurvePoint]
    let metrics: MetricReadings
    /// Nil when the records do not say at which points their metrics were read, or are not joined.
    let reading: CurveReading?

    /// A single record speaks for itself; several are joined into one curve by the core's formulas.
    ///
    /// Routers whose points do not depend on the budget give the same points at each: these are shown once.
    /// - Parameter records: Equal in all but the budget, in key order.
    /// - Throws: `badInput` when the records were made on different ground.
    init(_ records: [ScoredRecord]) throws(RouteGridError) {
        guard let first = records.first else {
            (points, metrics, reading) = ([], MetricReadings(Self.absent("no record")), nil)
            return
        }
        if records.allSatisfy({ $0 === first || $0.points == first.points }) {
            (points, metrics, reading) = (first.points, first.metrics, try first.ownReading(in: records))
            return
        }
        let revisions = RecordRevisions(job: first.job.json)
        guard revisions.isComparable else {
            points = records.flatMap(\.points)
            (metrics, reading) = (
                MetricReadings(Self.absent("records of \(revisions.words) are not joined")), nil
            )
            return
        }
        guard records.allSatisfy({ $0.points.count == 1 }), let mode = EvaluationMode(rawValue: first.mode) else {
            points = records.flatMap(\.points)
            (metrics, reading) = (
                MetricReadings(Self.absent("records of several points each are not joined")), nil
            )
            return
        }
        let ordered = records.sorted { Self.order($0) < Self.order($1) }
        var references: [CurveReference] = []
        for record in ordered {
            let place = "\(record.place): record \(record.jobKey.hex.prefix(12))…: result"
            references.append(try CurveReference(record.reference ?? .null, mode: mode, place: place))
        }
        let points = ordered.flatMap(\.points)
        let reference: CurveReference
        do throws(RouteGridError) {
            reference = try CurveReference.joining(references, largest: points.count - 1, place: first.place)
        } catch {
            throw Self.explained(error, ordered)
        }
        let curve = MetricFormulae(
            points: points.map { OperatingPoint(cost: $0.cost, accuracy: $0.accuracy) },
            reference: reference
        )
        let values = CurveMetric.cases(of: mode).map { ($0.rawValue, curve[$0].json) }
        self.points = points.enumerated().map { $1.numbered($0) }
        metrics = MetricReadings(Dictionary(uniqueKeysWithValues: values))
        reading = CurveReading(records: ordered, picks: reference.picks)
    }

    /// An error of joining with the two records and the member that do not agree.
    private static func explained(_ error: RouteGridError, _ records: [ScoredRecord]) -> RouteGridError {
        for record in records.dropFirst() {
            guard let found = difference(records[0], record) else { continue }
            return .badInput(
                "\(records[0].place) and \(record.place)",
                "the records of one curve, alike in all but the budget, differ in \(found): they were made from different "
                    + "costs, data or splits"
            )
        }
        return error
    }

    /// The first member of two records' references that differs, with its values, other than what they read on dev.
    static func difference(_ left: ScoredRecord, _ right: ScoredRecord) -> String? {
        for name in ["c_lo", "c_hi", "c_best", "cheapest", "best", "oracle"] {
            let (a, b) = (left.reference?[name], right.reference?[name])
            if let a, let b, a != b { return "result.reference.\(name): \(a.jsonText) and \(b.jsonText)" }
        }
        return nil
    }

    /// By rising budget: by threshold, or by falling λ; equal ones by key.
    private static func order(_ record: ScoredRecord) -> (Double, JobKey) {
        let point = record.points[0]
        return (point.threshold ?? point.lambda.map { -$0 } ?? point.cost, record.jobKey)
    }

    /// The metrics of every board, without values.
    private static func absent(_ why: String) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: CurveMetric.allCases.map { ($0.rawValue, MetricValue.absent(why: why).json) })
    }
}

extension ScoredRecord {
    /// Where the record's own metrics were read: the members `at` of its metrics.
    ///
    /// `records` are those of the curve, this one the first of them.
    fileprivate func ownReading(in records: [ScoredRecord]) throws(RouteGridError) -> CurveReading? {
        try picks.get().map { CurveReading(records: records.count == 1 ? records : [self], picks: $0.picks) }
    }
}
