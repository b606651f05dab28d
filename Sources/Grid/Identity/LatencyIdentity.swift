package import Catalog
package import RouteGridBase

/// What one latency job measures, and for which run: the typed form of what its key hashes.
///
/// The occasion is in the key because a time is no function of the rest: every run measures for itself, and within a
/// run a job is committed once like any other.
package struct LatencyIdentity: Hashable, Sendable {
    package static let kind = "latency"

    package var fit: FitKey
    package var testModality: Modality?
    /// The data that queries are taken from, without its cost.
    package var data: DataIdentity
    package var cost: CostIdentity
    package var queries: Int
    package var warmup: Int
    package var repeats: Int
    package var batch: Int
    /// The run that measures, such as `run 3, submitted 2026-11-24T16:00:00Z`.
    package var occasion: String

    package init(
        fit: FitKey,
        testModality: Modality? = nil,
        data: DataIdentity,
        cost: CostIdentity,
        settings: GridLatency,
        batch: Int,
        occasion: String
    ) {
        self.fit = fit
        self.testModality = testModality
        self.data = data
        self.cost = cost
        (queries, warmup, repeats) = (settings.queries, settings.warmup, settings.repeats)
        self.batch = batch
        self.occasion = occasion
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "v": JSONValue(KeyForm.revision), "kind": .string(Self.kind), "fit": .string(fit.hex), "data": data.json,
            "cost": cost.json, "queries": JSONValue(queries), "warmup": JSONValue(warmup),
            "repeats": JSONValue(repeats), "batch": JSONValue(batch), "occasion": .string(occasion),
        ]
        if let testModality { members["test_modality"] = .string(testModality.rawValue) }
        return .object(members)
    }

    package var key: JobKey { JobKey(json.digest) }

    /// Whether canonical bytes are those of a latency job: their members are sorted, and only its first one is `batch`.
    package static func isNamed(by bytes: some Sequence<UInt8>) -> Bool {
        bytes.starts(with: Array("{\"batch\":".utf8))
    }

    /// Reads what ``json`` holds; errors as for ``FitIdentity``.
    package init(json: JSONValue, place: String = "job") throws(RouteGridError) {
        var object = try StrictObject(json, place: place)
        try object.checkVersion()
        let kind = try object.text("kind")
        guard kind == Self.kind else { throw .badInput("\(place).kind", "expected latency, found \"\(kind)\"") }
        fit = FitKey(try object.digest("fit"))
        testModality = try object.optionalChoice("test_modality")
        data = try DataIdentity(json: try object.required("data"), place: "\(place).data")
        cost = try CostIdentity(json: try object.required("cost"), place: "\(place).cost")
        queries = try object.integer("queries", in: GridRanges.queries)
        warmup = try object.integer("warmup", in: GridRanges.warmup)
        repeats = try object.integer("repeats", in: GridRanges.repeats)
        batch = try object.integer("batch", in: GridRanges.batch)
        occasion = try object.text("occasion")
        try object.finish()
    }
}

/// What a cell asks for: an evaluation or a measurement.
package enum CellIdentity: Hashable, Sendable {
    case evaluation(JobIdentity)
    case latency(LatencyIdentity)

    /// Reads canonical bytes.
    ///
    /// - Throws: ``RouteGridError`` `badInput` as the two kinds do.
    package init(parsing bytes: [UInt8], place: String = "job") throws(RouteGridError) {
        let json = try JSONValue(parsing: bytes, place: place)
        if json["kind"]?.stringValue == LatencyIdentity.kind {
            self = .latency(try LatencyIdentity(json: json, place: place))
        } else {
            self = .evaluation(try JobIdentity(json: json, place: place))
        }
    }

    package var fit: FitKey {
        switch self {
        case .evaluation(let job): job.fit
        case .latency(let job): job.fit
        }
    }

    package var data: DataIdentity {
        switch self {
        case .evaluation(let job): job.data
        case .latency(let job): job.data
        }
    }

    package var cost: CostIdentity {
        switch self {
        case .evaluation(let job): job.cost
        case .latency(let job): job.cost
        }
    }
}
