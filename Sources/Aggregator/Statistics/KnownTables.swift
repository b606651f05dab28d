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
            data = RecordedJob.dataDigest(samples: samples, models: models, quality: quality).hex
            costDigest = RecordedJob.costDigest(cost).hex
        }

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

    private var namings: [Table: Set<Naming>] = [:]
    private var byData: [String: [Table]] = [:]
    private var settings: Set<GridStatistics> = []
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
    }

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
    }

    mutating func add(_ statistics: GridStatistics) { settings.insert(statistics) }

    /// How to resample; nil when grids differ in it, or none is known.
    package var statistics: GridStatistics? { settings.count == 1 ? settings.first : nil }
    /// Whether grids differ in how to resample.
    package var disagree: Bool { settings.count > 1 }
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

    /// What the costs of a record's `job` are counted in.
    func unit(of job: JSONValue) -> String? { tables(of: job).first?.costUnit }

    /// Only the tables of some jobs.
    func keeping(_ jobs: some Sequence<JSONValue>) -> KnownTables {
        let data = Set(jobs.compactMap { $0["data"]?.stringValue })
        var kept = self
        kept.namings = namings.filter { data.contains($0.key.data) }
        kept.byData = byData.filter { data.contains($0.key) }
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
