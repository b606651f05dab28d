import Catalog
import Grid
package import RouteGridBase
import Scoring

/// What the boards need of one metric record.
package final class ScoredRecord: Sendable {
    package let jobKey: JobKey
    package let fitKey: FitKey
    package let resultDigest: Digest
    /// What the key hashes, as the record shows it, with the labels `dataset` and `prices`.
    package let job: RunJob
    /// The blob of per-item choices, when the record has one.
    package let choices: Digest?
    /// Operating points in the record's order.
    package let points: [CurvePoint]
    package let metrics: MetricReadings
    /// Items of the evaluated part; missing cells count as wrong.
    package let itemCount: Int
    /// Missing outcomes of the evaluated part.
    let missingCount: Int
    /// Whether it spends more than its budget allows.
    let isOverBudget: Bool
    /// Whether a model of the pool answered too little of train to be a reference.
    let hasLowCoverage: Bool
    /// Where its metrics were read, the members `at`; nil when it does not say.
    let picks: Result<SharedPicks?, RouteGridError>
    /// Without its line feed.
    let line: KeptLine
    private let resultRange: Range<Int>
    private let origin: RecordOrigin

    /// Whether its router may give another result each time.
    package var isNondeterministic: Bool { RouterCatalog.isNondeterministic(job["router"]) }

    /// File and line, for messages.
    var place: String { origin.description }

    /// Reads one record.
    ///
    /// - Parameters:
    ///   - line: Without its line feed.
    ///   - origin: Where it was read, for messages.
    ///   - parts: What it shares with others.
    /// - Throws: `badInput` for what is no record, and when a member that boards need is missing or has another type.
    init(_ line: KeptLine, _ origin: RecordOrigin, sharing parts: SharedParts) throws(RouteGridError) {
        let (kept, checked) = try Self.checked(line, origin)
        let read = try kept.withBytes { bytes throws(RouteGridError) in
            try Self.read(bytes, checked, origin, sharing: parts)
        }
        (self.line, self.origin, resultRange) = (kept, origin, checked.result)
        (jobKey, fitKey, resultDigest) = (checked.jobKey, checked.fitKey, checked.resultDigest)
        choices = checked.choices
        let result = read.result
        guard let listed = result["points"]?.arrayValue else {
            throw .badInput(origin.description, "expected a list \"result.points\"")
        }
        var points: [CurvePoint] = []
        points.reserveCapacity(listed.count)
        for point in listed { points.append(try CurvePoint(point, origin)) }
        guard let count = result["n"]?.integerValue else {
            throw .badInput(origin.description, "expected an integer \"result.n\"")
        }
        guard let metrics = result["metrics"]?.objectValue else {
            throw .badInput(origin.description, "expected an object \"result.metrics\"")
        }
        (job, self.points, itemCount) = (read.job, points, count)
        self.metrics = MetricReadings(metrics, sharing: parts)
        missingCount = result["n_missing"]?.integerValue ?? 0
        isOverBudget = result["cost_cap"]?["over"] == true
        hasLowCoverage = result["reference"]?["low_coverage"]?.arrayValue?.isEmpty == false
        do throws(RouteGridError) {
            let own = try CurvePicks(recorded: result, count: points.count, place: "\(origin): result")
            picks = .success(own.map(parts.picks))
        } catch { picks = .failure(error) }
    }

    /// A line that is not in the form that records are written in is read in its own and kept in that form.
    private static func checked(
        _ line: KeptLine,
        _ origin: RecordOrigin
    ) throws(RouteGridError) -> (KeptLine, CheckedRecord) {
        let own = try? line.withBytes { bytes throws(RouteGridError) in try CheckedRecord(bytes, place: "") }
        if let own, !own.isLatency { return (line, own) }
        let read = try line.withBytes { bytes throws(RouteGridError) in
            try MetricRecord(line: bytes, place: origin.description)
        }
        return (.bytes(read.line), try CheckedRecord(read.line, place: origin.description))
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer,
        _ checked: CheckedRecord,
        _ origin: RecordOrigin,
        sharing parts: SharedParts
    ) throws(RouteGridError) -> (job: RunJob, result: JSONValue) {
        func parsed(_ range: Range<Int>) throws(RouteGridError) -> JSONValue {
            // The place is put together only for who reads it.
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            if let value = try? JSONValue(parsing: part, place: "") { return value }
            return try JSONValue(parsing: part, place: origin.description)
        }
        let seed = checked.seed.flatMap { wholeNumber(bytes[$0]) }
        let indexRange = checked.split.flatMap { splitIndex(bytes, $0) }
        let index = indexRange.flatMap { wholeNumber(bytes[$0]) }
        var key: [UInt8] = []
        key.reserveCapacity(checked.job.count)
        var start = checked.job.lowerBound
        // What is no whole number stays in the key, so that jobs of one frame differ in whole numbers alone.
        for (range, number) in [(checked.seed, seed), (indexRange, index)] where number != nil {
            guard let range else { continue }
            key.append(bytes, start..<range.lowerBound)
            start = range.upperBound
        }
        key.append(bytes, start..<checked.job.upperBound)
        let frame = try parts.frame(key) { () throws(RouteGridError) in
            let frame = JobFrame(try parsed(checked.job))
            try frame.check(place: origin.description)
            return frame
        }
        let job = RunJob(frame, seed: seed ?? frame.seed, splitIndex: index ?? frame.splitIndex)
        return (job, try parsed(checked.result))
    }

    /// Where the member `index` of a split stands.
    private static func splitIndex(_ bytes: UnsafeRawBufferPointer, _ split: Range<Int>) -> Range<Int>? {
        let own = UnsafeRawBufferPointer(rebasing: bytes[split])
        let found = CompactJSON.members(of: own)?.first { own[$0.name].elementsEqual("index".utf8) }?.value
        return found.map { $0.lowerBound + split.lowerBound..<$0.upperBound + split.lowerBound }
    }

    private static func wholeNumber(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        Int(String(decoding: bytes, as: UTF8.self))
    }

    package var mode: String { job.frame.mode }
    package var numerics: String { job.frame.numerics }
    package var dataset: String { text("dataset") }
    package var part: String { text("part") }
    package var rule: String { text("rule") }
    /// `exact`, a multiple of the best single model's cost (`0.5x`), an amount, or λ.
    package var budget: String { text("budget") }
    package var router: JSONValue { job["router"] ?? .null }
    package var routerKind: String { router["kind"]?.stringValue ?? "" }
    private func text(_ name: String) -> String { job[name]?.stringValue ?? "" }

    /// The record's `result`, read from its line anew each time.
    package var result: JSONValue {
        line.withBytes { bytes in
            let own = UnsafeRawBufferPointer(rebasing: bytes[resultRange])
            return (try? JSONValue(parsing: own, place: "")) ?? .null
        }
    }

    /// What its metrics are measured by: the member `reference` of its ``result``.
    var reference: JSONValue? { result["reference"] }
}

/// Where a record was read.
struct RecordOrigin: Sendable, CustomStringConvertible {
    let name: String
    /// The number of the line; nil for what is no file.
    var lineNumber: Int?

    var description: String { lineNumber.map { "\(name):\($0)" } ?? name }
}

/// One operating point of a router.
package struct CurvePoint: Hashable, Sendable {
    package var id: Int
    /// The budget of the point under rule `threshold`; nil under other rules and for policies.
    package var threshold: Double?
    /// The λ of the point under the rules `penalty` and `soft-label`; infinity is λ = ∞.
    package var lambda: Double?
    /// Mean realised cost of an item, in the dataset's cost unit.
    package var cost: Double
    /// Mean correctness, 0…1.
    package var accuracy: Double

    package init(id: Int, threshold: Double? = nil, lambda: Double? = nil, cost: Double, accuracy: Double) {
        (self.id, self.threshold, self.lambda) = (id, threshold, lambda)
        (self.cost, self.accuracy) = (cost, accuracy)
    }

    init(_ json: JSONValue, _ origin: RecordOrigin) throws(RouteGridError) {
        guard let id = json["id"]?.integerValue, let cost = json["cost"]?.numberValue,
            let accuracy = json["accuracy"]?.numberValue
        else {
            throw .badInput(
                origin.description,
                "expected \"id\", \"cost\" and \"accuracy\" in each of \"result.points\""
            )
        }
        self.init(
            id: id,
            threshold: json["threshold"]?.numberValue,
            lambda: json["lambda"] == "inf" ? .infinity : json["lambda"]?.numberValue,
            cost: cost,
            accuracy: accuracy
        )
    }

    /// The same point under another number.
    func numbered(_ id: Int) -> CurvePoint {
        var point = self
        point.id = id
        return point
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": JSONValue(id), "cost": .double(cost), "accuracy": .double(accuracy),
        ]
        if let threshold { members["threshold"] = .double(threshold) }
        if let lambda { members["lambda"] = lambda.isFinite ? .double(lambda) : "inf" }
        return .object(members)
    }
}
