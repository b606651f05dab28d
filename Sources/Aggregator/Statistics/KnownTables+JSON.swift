import Foundation
import Grid
import RouteGridBase

extension KnownTables {
    /// `tables.json`, one table a line; nil when there is none.
    var bytes: [UInt8]? {
        guard !isEmpty else { return nil }
        let listed = allStatistics.map(\.json).sorted { $0.canonicalText < $1.canonicalText }
        let places = twins.sorted { ($0.key.data, $0.key.split) < ($1.key.data, $1.key.split) }.map { place, count in
            JSONValue.object([
                "data": .string(place.data), "split": .string(place.split), "n": JSONValue(count),
            ])
        }
        return JSONDocument.bytes(
            head: [("schema", .string(KnownTables.schema)), ("statistics", .array(listed))]
                + (places.isEmpty ? [] : [("twins", .array(places))]),
            list: "tables",
            all.map { .object(($0.table.json.objectValue ?? [:]).merging($0.naming.json.objectValue ?? [:]) { $1 }) }
                .sorted { $0.canonicalText < $1.canonicalText }
        )
    }

    /// Learns what lies beside records: `tables.json`, or else `grid.lock.json`, or nothing.
    ///
    /// - Throws: `badInput` when such a file is something else.
    mutating func add(from source: RecordSource) throws(RouteGridError) {
        if let bytes = FileManager.default.contents(atPath: source.tablesPath) {
            try add(parsing: bytes, place: source.tablesPath)
        } else if let bytes = FileManager.default.contents(atPath: source.lockPath) {
            add(try GridLock(parsing: bytes, place: source.lockPath, revisions: .any))
        }
    }

    private mutating func add(parsing bytes: some Sequence<UInt8>, place: String) throws(RouteGridError) {
        let document = try JSONValue(parsing: bytes, place: place)
        guard document["schema"]?.stringValue == KnownTables.schema, let listed = document["tables"]?.arrayValue,
            let statistics = document["statistics"]?.arrayValue
        else { throw .badInput(place, "expected schema \(KnownTables.schema) with lists statistics and tables") }
        for json in statistics { add(try GridStatistics(json: json, place: "\(place): statistics")) }
        for json in listed { add(try Table(json, place: place), try Naming(json, place: place)) }
        for json in document["twins"]?.arrayValue ?? [] {
            guard let data = json["data"]?.stringValue, let split = json["split"]?.stringValue,
                let count = json["n"]?.integerValue
            else { throw .badInput(place, "expected \"data\", \"split\" and \"n\" in each of \"twins\"") }
            add(twins: count, at: TwinPlace(data: data, split: split))
        }
    }
}

extension KnownTables.Table {
    fileprivate var json: JSONValue {
        [
            "data": .string(data), "samples": .string(samples.hex), "models": JSONValue(models),
            "quality": .string(quality.hex), "cost": cost.json, "cost_unit": .string(costUnit),
        ]
    }

    fileprivate init(_ json: JSONValue, place: String) throws(RouteGridError) {
        func digest(_ name: String) throws(RouteGridError) -> Digest {
            guard let digest = json[name]?.stringValue.flatMap({ Digest(hex: $0) }) else {
                throw .badInput(place, "expected a digest \"\(name)\" in each of \"tables\"")
            }
            return digest
        }
        guard let models = json["models"]?.arrayValue?.compactMap(\.stringValue), !models.isEmpty,
            let unit = json["cost_unit"]?.stringValue
        else { throw .badInput(place, "expected \"models\" and \"cost_unit\" in each of \"tables\"") }
        self.init(
            samples: try digest("samples"),
            models: models,
            quality: try digest("quality"),
            cost: try CostIdentity(json: json["cost"] ?? .null, place: "\(place): cost"),
            costUnit: unit
        )
    }
}

extension KnownTables.Naming {
    var json: JSONValue {
        func tensors(_ named: [String: Digest]) -> JSONValue { .object(named.mapValues { .string($0.hex) }) }
        return [
            "dataset": dataset.map { .string($0) } ?? .null, "pool": pool.map { .string($0) } ?? .null,
            "place": place.map { JSONValue($0) } ?? .null, "prices": prices.map { .string($0) } ?? .null,
            "where": condition.map { .string($0) } ?? .null, "text": tensors(text), "image": tensors(image),
            "facts": JSONValue(facts.map(\.rawValue)),
        ]
    }

    fileprivate init(_ json: JSONValue, place: String) throws(RouteGridError) {
        func tensors(_ name: String) throws(RouteGridError) -> [String: Digest] {
            var tensors: [String: Digest] = [:]
            for (encoder, value) in json[name]?.objectValue ?? [:] {
                guard let digest = value.stringValue.flatMap({ Digest(hex: $0) }) else {
                    throw .badInput(place, "expected digests in \"\(name)\" of each of \"tables\"")
                }
                tensors[encoder] = digest
            }
            return tensors
        }
        dataset = json["dataset"]?.stringValue
        pool = json["pool"]?.stringValue
        self.place = json["place"]?.integerValue
        prices = json["prices"]?.stringValue
        condition = json["where"]?.stringValue
        text = try tensors("text")
        image = try tensors("image")
        facts = (json["facts"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap(DataFact.init(rawValue:)) }
    }
}
