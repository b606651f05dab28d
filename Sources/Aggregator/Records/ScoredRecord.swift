import Catalog
import Grid
package import RouteGridBase

/// What the boards need of one metric record.
package struct ScoredRecord: Sendable {
    package let jobKey: JobKey
    package let fitKey: FitKey
    package let resultDigest: Digest
    /// What the key hashes, as the record shows it, with the labels `dataset` and `prices`.
    package let job: JSONValue
    /// The record's `result` without its points.
    package let result: JSONValue
    /// The blob of per-item choices, when the record has one.
    package let choices: Digest?
    /// Operating points in the record's order.
    package let points: [CurvePoint]
    /// File and line, for messages.
    let place: String

    /// Whether its router may give another result each time.
    package var isNondeterministic: Bool { RouterCatalog.isNondeterministic(job["router"]) }

    /// Reads one record.
    ///
    /// - Throws: `badInput` when a member that boards need is missing or has another type.
    init(_ record: MetricRecord, place: String) throws(RouteGridError) {
        let job = record.job
        guard case .object(var members) = record.result else { throw .badInput(place, "expected an object \"result\"") }
        guard let listed = members.removeValue(forKey: "points")?.arrayValue else {
            throw .badInput(place, "expected a list \"result.points\"")
        }
        var points: [CurvePoint] = []
        points.reserveCapacity(listed.count)
        for point in listed { points.append(try CurvePoint(point, place: place)) }
        guard members["n"]?.integerValue != nil else { throw .badInput(place, "expected an integer \"result.n\"") }
        guard members["metrics"]?.objectValue != nil else {
            throw .badInput(place, "expected an object \"result.metrics\"")
        }
        for name in ["mode", "numerics", "dataset", "rule", "budget", "part"] where job[name]?.stringValue == nil {
            throw .badInput(place, "expected a text \"job.\(name)\"")
        }
        guard job["router"]?["kind"]?.stringValue != nil else {
            throw .badInput(place, "expected a text \"job.router.kind\"")
        }
        (jobKey, fitKey, resultDigest) = (record.jobKey, record.fitKey, record.resultDigest)
        (self.job, self.points, self.place) = (job, points, place)
        result = .object(members)
        choices = record.choices
    }

    package var mode: String { text("mode") }
    package var numerics: String { text("numerics") }
    package var dataset: String { text("dataset") }
    package var part: String { text("part") }
    package var rule: String { text("rule") }
    /// `exact`, a multiple of the best single model's cost (`0.5x`), an amount, or λ.
    package var budget: String { text("budget") }
    package var router: JSONValue { job["router"] ?? .null }
    package var routerKind: String { router["kind"]?.stringValue ?? "" }
    /// Items of the evaluated part; missing cells count as wrong.
    package var itemCount: Int { result["n"]?.integerValue ?? 0 }
    package var metrics: [String: JSONValue] { result["metrics"]?.objectValue ?? [:] }
    private func text(_ name: String) -> String { job[name]?.stringValue ?? "" }
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

    init(_ json: JSONValue, place: String) throws(RouteGridError) {
        guard let id = json["id"]?.integerValue, let cost = json["cost"]?.numberValue,
            let accuracy = json["accuracy"]?.numberValue
        else { throw .badInput(place, "expected \"id\", \"cost\" and \"accuracy\" in each of \"result.points\"") }
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
