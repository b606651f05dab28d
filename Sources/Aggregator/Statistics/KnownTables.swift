package import Grid
package import RouteGridBase

/// What grids say of the data behind a board's records, and of the statistics asked for.
///
/// Published as `tables.json`, so that boards of several grids, and boards made again from published ones, find them.
package struct KnownTables: Sendable {
    package static let schema = "routegrid/tables/v1"

    /// Who was asked, which pool answered how, and what that cost: all by content.
    struct Table: Hashable, Sendable {
        let samples: Digest
        let models: [String]
        let quality: Digest
        let cost: CostIdentity
        let costUnit: String
        /// What a record's `job.data` says.
        let data: String
        /// What a record's `job.inputs.cost` says.
        let costDigest: String

        init(samples: Digest, models: [String], quality: Digest, cost: CostIdentity, costUnit: String) {
            (self.samples, self.models, self.quality) = (samples, models, quality)
            (self.cost, self.costUnit) = (cost, costUnit)
            dataDigest = RecordedJob.dataDigest(samples: samples, models: models, quality: quality)
            data = dataDigest.hex
            costDigest = RecordedJob.costDigest(cost).hex
        }

        let dataDigest: Digest
        /// What reading the outcomes takes.
        var blobs: [Digest] { [samples, quality] + cost.blobs }
    }

    /// What a grid calls a table, and what it says of it besides.
    struct Naming: Hashable, Sendable {
        /// Nil in files of before names were kept.
        var dataset: String?
        var pool: String?
        /// The number of the table in its grid.
        var place: Int?
        /// The price sheet.
        var prices: String?
        /// The grid's `where` in words.
        var condition: String?
        /// Embedding tensors by encoder name.
        var text: [String: Digest] = [:]
        var image: [String: Digest] = [:]
        var facts: [DataFact] = []
    }

    /// The test items of some data under some split.
    struct TwinPlace: Hashable, Sendable {
        let data: String
        /// Canonical JSON of the split as records show it.
        let split: String
    }

    private var namings: [Table: Set<Naming>] = [:]
    private var byData: [String: [Table]] = [:]
    private var samplesByData: [Digest: Digest] = [:]
    private var settings: Set<GridStatistics> = []
    private(set) var twins: [TwinPlace: Int] = [:]
    /// What the grid calls its tables that the board is made for.
    private var preferred: [Table: Naming] = [:]

    /// Nothing is known: records alone do not tell.
    package init() {}

    /// What the grid says that a board is made for: its names go before those of others.
    package init(_ lock: GridLock) {
        add(lock)
        for (table, naming) in Self.tables(of: lock) where preferred[table] == nil { preferred[table] = naming }
    }

    /// Learns what a grid says.
    package mutating func add(_ lock: GridLock) {
        settings.insert(lock.statistics)
        for (table, naming) in Self.tables(of: lock) { add(table, naming) }
        for table in lock.contents.axes.tables {
            let data = RecordedJob.dataDigest(samples: table.samples, models: table.models, quality: table.quality)
            for (split, count) in zip(lock.contents.axes.splits, table.twins ?? []) where count > 0 {
                add(twins: count, at: TwinPlace(data: data.hex, split: RecordedJob.split(split).canonicalText))
            }
        }
    }

    mutating func add(twins count: Int, at place: TwinPlace) { twins[place] = count }

    private static func tables(of lock: GridLock) -> [(Table, Naming)] {
        lock.contents.axes.tables.enumerated().map { place, table in
            (
                Table(
                    samples: table.samples,
                    models: table.models,
                    quality: table.quality,
                    cost: table.cost,
                    costUnit: table.costUnit
                ),
                Naming(
                    dataset: table.dataset,
                    pool: table.pool,
                    place: place,
                    prices: table.prices,
                    condition: table.condition,
                    text: table.text,
                    image: table.image,
                    facts: table.facts
                )
            )
        }
    }

    mutating func add(_ table: Table, _ naming: Naming) {
        if namings[table] == nil { byData[table.data, default: []].append(table) }
        namings[table, default: []].insert(naming)
        samplesByData[table.dataDigest] = table.samples
    }

    mutating func add(_ statistics: GridStatistics) { settings.insert(statistics) }

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
    package var blobs: [Digest] { Set(namings.keys.flatMap(\.blobs)).sorted() }
    var isEmpty: Bool { namings.isEmpty }
    var allStatistics: Set<GridStatistics> { settings }

    /// Every table under every name.
    var all: [(table: Table, naming: Naming)] {
        namings.flatMap { table, names in names.map { (table: table, naming: $0) } }
    }

    /// The names of tables, those of the grid that the board is made for first, then in a fixed order.
    func namings(of tables: [Table]) -> [Naming] {
        let own = tables.compactMap { preferred[$0] }
        let others = tables.flatMap { namings[$0] ?? [] }.sorted()
        return own.sorted() + others
    }

    /// The tables that records of a job may have been made on, the likeliest first.
    func tables(of job: JSONValue) -> [Table] {
        let found = byData[job["data"]?.stringValue ?? ""] ?? []
        if let cost = job["inputs"]?["cost"]?.stringValue {
            return found.filter { $0.costDigest == cost }.sorted { $0.costUnit < $1.costUnit }
        }
        // Records of before costs were named by content: the sheet's name is all there is.
        let label = job["prices"]?.stringValue
        return found.map { table in (table, namings[table]?.contains { $0.prices == label } ?? false) }
            .sorted { left, right in
                left.1 != right.1 ? left.1 : left.0.cost.json.canonicalText < right.0.cost.json.canonicalText
            }
            .map(\.0)
    }

    /// The tables with some outcomes, whatever they cost.
    func tables(ofData data: String) -> [Table] {
        (byData[data] ?? []).sorted { ($0.costDigest, $0.costUnit) < ($1.costDigest, $1.costUnit) }
    }

    /// The samples behind the digest `job.data` of a record.
    func samples(of data: Digest) -> Digest? { samplesByData[data] }

    /// What the costs of a record's `job` are counted in.
    func unit(of job: JSONValue) -> String? { tables(of: job).first?.costUnit }

    /// Only the tables of some jobs.
    func keeping(_ jobs: some Sequence<JSONValue>) -> KnownTables {
        let data = Set(jobs.compactMap { $0["data"]?.stringValue })
        var kept = self
        kept.namings = namings.filter { data.contains($0.key.data) }
        kept.byData = byData.filter { data.contains($0.key) }
        kept.twins = twins.filter { data.contains($0.key.data) }
        return kept
    }
}

extension KnownTables.Naming: Comparable {
    /// By place and names, then by all else: an order that depends on the content alone.
    static func < (left: Self, right: Self) -> Bool {
        let (a, b) = (left.place ?? .max, right.place ?? .max)
        if left.dataset != right.dataset { return (left.dataset ?? "\u{10FFFF}") < (right.dataset ?? "\u{10FFFF}") }
        return a != b ? a < b : left.json.canonicalText < right.json.canonicalText
    }
}
