import Foundation
package import Grid
package import RouteGridBase

/// What grids say of the data behind a board's records, and of the statistics asked for.
///
/// Published as `tables.json`, so that boards of several grids, and boards made again from published ones, find them.
package struct KnownTables: Sendable {
    package static let schema = "routegrid/tables/v1"

    /// Who was asked, which pool answered how, and what that cost.
    struct Table: Hashable, Sendable {
        let samples: Digest
        let models: [String]
        let quality: Digest
        let cost: CostIdentity
        let costUnit: String
        let prices: String?

        /// What a record's `job.data` says.
        var data: String { dataDigest.hex }
        var dataDigest: Digest { RecordedJob.dataDigest(samples: samples, models: models, quality: quality) }
        /// What reading the outcomes takes.
        var blobs: [Digest] { [samples, quality] + cost.blobs }
    }

    /// The test items of some data under some split.
    struct TwinPlace: Hashable, Sendable {
        let data: String
        /// Canonical JSON of the split as records show it.
        let split: String
    }

    private var tables: Set<Table> = []
    private var samplesByData: [Digest: Digest] = [:]
    private var settings: Set<GridStatistics> = []
    private var twins: [TwinPlace: Int] = [:]

    /// Nothing is known: records alone do not tell.
    package init() {}

    package init(_ lock: GridLock) { add(lock) }

    /// Learns what a grid says.
    package mutating func add(_ lock: GridLock) {
        settings.insert(lock.statistics)
        for table in lock.contents.axes.tables {
            insert(
                Table(
                    samples: table.samples,
                    models: table.models,
                    quality: table.quality,
                    cost: table.cost,
                    costUnit: table.costUnit,
                    prices: table.prices
                )
            )
            let data = RecordedJob.dataDigest(samples: table.samples, models: table.models, quality: table.quality)
            for (split, count) in zip(lock.contents.axes.splits, table.twins ?? []) where count > 0 {
                twins[TwinPlace(data: data.hex, split: RecordedJob.split(split).canonicalText)] = count
            }
        }
    }

    private mutating func insert(_ table: Table) {
        if tables.insert(table).inserted { samplesByData[table.dataDigest] = table.samples }
    }

    /// Of the items that a job's split tests, those with a twin that the split does not keep with them.
    func twinCount(of job: JSONValue) -> Int {
        twins[
            TwinPlace(data: job["data"]?.stringValue ?? "", split: (job["split"] ?? .null).canonicalText)
        ] ?? 0
    }

    /// How to resample: of grids that differ in it the stricter in each setting; nil when none is known.
    package var statistics: GridStatistics? {
        let ordered = settings.sorted { $0.json.canonicalText < $1.json.canonicalText }
        return ordered.dropFirst().reduce(ordered.first) { $0?.stricter($1) }
    }

    /// What grids that differ in how to resample differ in, and what was taken; nil when they agree.
    package var disagreement: String? {
        guard settings.count > 1, let taken = statistics?.json.objectValue else { return nil }
        let all = settings.map { $0.json.objectValue ?? [:] }
        let names = Set(all.flatMap(\.keys)).sorted().filter { name in Set(all.map { $0[name] ?? .null }).count > 1 }
        func text(_ value: JSONValue?) -> String {
            value.flatMap { $0 == .null ? nil : RowLabels.text($0) } ?? "as the split"
        }
        let differing = names.map { name in
            "\(name) \(Set(all.map { text($0[name]) }).sorted().joined(separator: " and ")), taken \(text(taken[name]))"
        }
        return "the grids differ in their statistics, so the stricter of each was taken: "
            + differing.joined(separator: "; ")
    }
    /// Every blob that the outcomes of the tables take, each once, in a fixed order.
    package var blobs: [Digest] { Set(tables.flatMap(\.blobs)).sorted() }

    /// The tables that records of a job may have been made on, the likeliest first.
    func tables(of job: JSONValue) -> [Table] {
        tables.filter { $0.data == job["data"]?.stringValue }
            .map { (isNamed: $0.prices == job["prices"]?.stringValue, table: $0, text: $0.json.canonicalText) }
            .sorted { left, right in left.isNamed != right.isNamed ? left.isNamed : left.text < right.text }
            .map(\.table)
    }

    /// The samples behind the digest `job.data` of a record.
    func samples(of data: Digest) -> Digest? { samplesByData[data] }

    /// What the costs of a record's `job` are counted in.
    func unit(of job: JSONValue) -> String? { tables(of: job).first?.costUnit }

    /// Only the tables of some jobs.
    func keeping(_ jobs: some Sequence<JSONValue>) -> KnownTables {
        let data = Set(jobs.compactMap { $0["data"]?.stringValue })
        var kept = self
        kept.tables = tables.filter { data.contains($0.data) }
        kept.twins = twins.filter { data.contains($0.key.data) }
        return kept
    }
}

extension KnownTables {
    /// `tables.json`, one table a line; nil when there is none.
    var bytes: [UInt8]? {
        guard !tables.isEmpty else { return nil }
        let listed = settings.map(\.json).sorted { $0.canonicalText < $1.canonicalText }
        let twins = twins.sorted { ($0.key.data, $0.key.split) < ($1.key.data, $1.key.split) }.map { place, count in
            JSONValue.object([
                "data": .string(place.data), "split": .string(place.split), "n": JSONValue(count),
            ])
        }
        return JSONDocument.bytes(
            head: [("schema", .string(KnownTables.schema)), ("statistics", .array(listed))]
                + (twins.isEmpty ? [] : [("twins", .array(twins))]),
            list: "tables",
            tables.map(\.json).sorted { $0.canonicalText < $1.canonicalText }
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
        for json in statistics { settings.insert(try GridStatistics(json: json, place: "\(place): statistics")) }
        for json in listed { insert(try Table(json, place: place)) }
        for json in document["twins"]?.arrayValue ?? [] {
            guard let data = json["data"]?.stringValue, let split = json["split"]?.stringValue,
                let count = json["n"]?.integerValue
            else { throw .badInput(place, "expected \"data\", \"split\" and \"n\" in each of \"twins\"") }
            twins[TwinPlace(data: data, split: split)] = count
        }
    }
}

extension KnownTables.Table {
    fileprivate var json: JSONValue {
        [
            "data": .string(data), "samples": .string(samples.hex), "models": JSONValue(models),
            "quality": .string(quality.hex), "cost": cost.json, "cost_unit": .string(costUnit),
            "prices": prices.map { .string($0) } ?? .null,
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
            costUnit: unit,
            prices: json["prices"]?.stringValue
        )
    }
}
