import Catalog
import RouteGridBase
import Scoring

extension RecordContents {
    /// Reads a result in place, without its tree.
    ///
    /// Nil for a result in another form than workers write: it may be right all the same and is read as a tree then.
    init?(reading result: ArraySlice<UInt8>, mode: EvaluationMode) {
        let found = result.withUnsafeBytes { bytes -> ResultReader? in
            guard var cursor = RecordCursor(bytes) else { return nil }
            var reader = ResultReader(mode)
            return reader.read(&cursor, bytes) ? reader : nil
        }
        guard let found, let contents = found.contents else { return nil }
        self = contents
    }

    fileprivate init(_ reader: ResultReader, picks: CurvePicks, reference: CurveReference) {
        (shape, choiceType) = (reader.shape, reader.choiceType)
        (items, missing, missingChosen) = (reader.items, reader.missing, reader.missingChosen)
        (unaffordable, points) = (reader.unaffordable, reader.points)
        (self.picks, self.reference) = (picks, reference)
        (metricCount, metrics) = (reader.metrics.count, reader.metrics)
        slices = .text(reader.slices)
    }
}

/// The members of a result while they are read.
private struct ResultReader {
    private let mode: EvaluationMode
    var shape: [Int] = []
    var choiceType: String?
    var items: Int?
    var missing: Int?
    var missingChosen: Int?
    var unaffordable: Int?
    var points: [OperatingPoint] = []
    var metrics: [RecordContents.Metric?]
    var slices: [UInt8] = []
    /// Where metrics are read, as ``CurvePicks`` reads it.
    private var places: [String: JSONValue] = [:]
    private var hull: [JSONValue] = []
    private var isBound = false
    // Of the reference.
    private var best: OperatingPoint?
    private var cheapest: OperatingPoint?
    private var strongCost: Double?
    private var highestCost: Double?
    private var lowestCost: Double?
    private var oracle: Double?
    private var rankBounds: CostBounds?
    private var lowCoverage: [ModelCoverage] = []

    init(_ mode: EvaluationMode) {
        self.mode = mode
        metrics = Array(repeating: nil, count: MetricNames.of(mode).count)
    }

    /// Nil when a member is missing, or a metric is read at a point that is not there.
    var contents: RecordContents? {
        guard let best, let cheapest, let strongCost, let highestCost, let lowestCost, let oracle, !points.isEmpty,
            choiceType != nil, items != nil, missing != nil, missingChosen != nil, unaffordable != nil,
            !slices.isEmpty
        else { return nil }
        var reference: JSONValue = ["dev": ["hull": .array(hull)]]
        if isBound { reference = ["bound": true, "dev": ["hull": .array(hull)]] }
        let recorded: JSONValue = ["metrics": .object(places), "reference": reference]
        let picks = try? CurvePicks(recorded: recorded, count: points.count, place: "")
        guard let picks else { return nil }
        return RecordContents(
            self,
            picks: picks,
            reference: CurveReference(
                mode: mode,
                lowestCost: lowestCost,
                highestCost: highestCost,
                strongCost: strongCost,
                cheapest: cheapest,
                best: best,
                oracleAccuracy: oracle,
                rankBounds: rankBounds,
                lowCoverage: lowCoverage,
                picks: picks
            )
        )
    }

    mutating func read(_ cursor: inout RecordCursor, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let isObject = cursor.object { cursor, name in
            if name.equals("choices") { return choices(&cursor) }
            if name.equals("cost_cap") { return cursor.skip() }
            if name.equals("metrics") { return metrics(&cursor) }
            if name.equals("n") { return set(&items, cursor.integer()) }
            if name.equals("n_missing") { return set(&missing, cursor.integer()) }
            if name.equals("n_missing_chosen") { return set(&missingChosen, cursor.integer()) }
            if name.equals("n_unaffordable") { return set(&unaffordable, cursor.integer()) }
            if name.equals("points") { return points(&cursor) }
            if name.equals("reference") { return reference(&cursor) }
            guard name.equals("slices") else { return false }
            let start = cursor.offset
            // Names of datasets may have escapes: it is the last member, and is compared as a whole.
            guard bytes.last == UInt8(ascii: "}"), start < bytes.count - 1 else { return false }
            slices = Array(bytes[start..<bytes.count - 1])
            return cursor.moveToLast()
        }
        return isObject && cursor.isAtEnd
    }

    private mutating func choices(_ cursor: inout RecordCursor) -> Bool {
        cursor.object { cursor, name in
            if name.equals("dtype") { return set(&choiceType, cursor.text()?.string) }
            if name.equals("sha256") { return cursor.text() != nil }
            guard name.equals("shape") else { return false }
            return cursor.array { cursor, _ in
                guard let extent = cursor.integer() else { return false }
                shape.append(extent)
                return true
            }
        }
    }

    private mutating func metrics(_ cursor: inout RecordCursor) -> Bool {
        let names = MetricNames.of(mode)
        var count = 0
        let isObject = cursor.object { cursor, name in
            guard count < names.count, name.equals(names[count].bytes) else { return false }
            guard let metric = metric(&cursor, names[count].name) else { return false }
            metrics[names[count].place] = metric
            count += 1
            return true
        }
        return isObject && count == names.count
    }

    private mutating func metric(_ cursor: inout RecordCursor, _ metricName: String) -> RecordContents.Metric? {
        var metric = RecordContents.Metric()
        var place: [String: JSONValue] = [:]
        let isObject = cursor.object { cursor, name in
            if name.equals("v") {
                if cursor.word("null") {
                    metric.value = .null
                } else if let value = cursor.number() {
                    metric.value = .number(value)
                } else {
                    return false
                }
                return true
            }
            if name.equals("why") {
                metric.hasReason = true
                return cursor.text() != nil
            }
            if name.equals("at") {
                guard let point = cursor.integer() else { return false }
                place["at"] = JSONValue(point)
                return true
            }
            if name.equals("from") {
                guard let point = cursor.integer() else { return false }
                place["from"] = JSONValue(point)
                return true
            }
            if name.equals("mix") {
                guard let share = cursor.number() else { return false }
                place["mix"] = .double(share)
                return true
            }
            return cursor.skip()
        }
        guard isObject else { return nil }
        if !place.isEmpty { places[metricName] = .object(place) }
        return metric
    }

    private mutating func points(_ cursor: inout RecordCursor) -> Bool {
        cursor.array { cursor, place in
            var (cost, accuracy, id): (Double?, Double?, Int?)
            let isObject = cursor.object { cursor, name in
                if name.equals("accuracy") { return set(&accuracy, cursor.number()) }
                if name.equals("cost") { return set(&cost, cursor.number()) }
                if name.equals("id") { return set(&id, cursor.integer()) }
                return cursor.skip()
            }
            guard isObject, id == place, let cost, let accuracy else { return false }
            points.append(OperatingPoint(cost: cost, accuracy: accuracy))
            return true
        }
    }

    private mutating func reference(_ cursor: inout RecordCursor) -> Bool {
        cursor.object { cursor, name in
            if name.equals("best") { return set(&best, OperatingPoint(reading: &cursor)) }
            if name.equals("bound") {
                isBound = cursor.word("true")
                return isBound
            }
            if name.equals("c_best") { return set(&strongCost, cursor.number()) }
            if name.equals("c_hi") { return set(&highestCost, cursor.number()) }
            if name.equals("c_lo") { return set(&lowestCost, cursor.number()) }
            if name.equals("cheapest") { return set(&cheapest, OperatingPoint(reading: &cursor)) }
            if name.equals("dev") { return dev(&cursor) }
            if name.equals("low_coverage") { return coverage(&cursor) }
            if name.equals("oracle") { return set(&oracle, cursor.number()) }
            guard name.equals("rank_bounds") else { return false }
            var bounds: [Double] = []
            let isArray = cursor.array { cursor, _ in
                guard let bound = cursor.number() else { return false }
                bounds.append(bound)
                return true
            }
            guard isArray, bounds.count == 2 else { return false }
            rankBounds = CostBounds(low: bounds[0], high: bounds[1])
            return true
        }
    }

    private mutating func dev(_ cursor: inout RecordCursor) -> Bool {
        cursor.object { cursor, name in
            guard name.equals("hull") else { return cursor.skip() }
            return cursor.array { cursor, _ in
                guard let corner = cursor.integer() else { return false }
                hull.append(JSONValue(corner))
                return true
            }
        }
    }

    private mutating func coverage(_ cursor: inout RecordCursor) -> Bool {
        cursor.array { cursor, _ in
            var (model, coverage): (String?, Double?)
            let isObject = cursor.object { cursor, name in
                if name.equals("coverage") { return set(&coverage, cursor.number()) }
                return name.equals("model") && set(&model, cursor.text()?.string)
            }
            guard isObject, let model, let coverage else { return false }
            lowCoverage.append(ModelCoverage(model: model, coverage: coverage))
            return true
        }
    }
}

private func set<Value>(_ target: inout Value?, _ value: Value?) -> Bool {
    target = value
    return value != nil
}

extension OperatingPoint {
    fileprivate init?(reading cursor: inout RecordCursor) {
        var (cost, accuracy): (Double?, Double?)
        let isObject = cursor.object { cursor, name in
            if name.equals("accuracy") { return set(&accuracy, cursor.number()) }
            return name.equals("cost") && set(&cost, cursor.number())
        }
        guard isObject, let cost, let accuracy else { return nil }
        self.init(cost: cost, accuracy: accuracy)
    }
}

/// The metrics of a mode in the order of their names, each with its place among ``CurveMetric/cases(of:)``.
private struct MetricNames {
    let name: String
    let bytes: [UInt8]
    let place: Int

    private static let sound = sorted(.sound)
    private static let compat = sorted(.compat)

    static func of(_ mode: EvaluationMode) -> [MetricNames] { mode == .sound ? sound : compat }

    private static func sorted(_ mode: EvaluationMode) -> [MetricNames] {
        CurveMetric.cases(of: mode).enumerated()
            .map { MetricNames(name: $0.element.rawValue, bytes: Array($0.element.rawValue.utf8), place: $0.offset) }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }
}
