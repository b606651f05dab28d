import Grid
package import RouteGridBase

/// What may be compared: rows about the same data, prices, splits, part and rule, by the same kind of curve.
package struct SectionKey: Hashable, Comparable, Sendable {
    /// How a row's points came about.
    package enum Curve: String, Hashable, Sendable {
        /// Every operating point, found by one sort.
        case exact
        /// The budgets that the grid lists, joined.
        case listed
    }

    package let dataset: String
    /// The pool in words: `all`, or its label.
    let pool: String
    /// The grid's `where` in words.
    let condition: String?
    /// The digest of who was asked and which pool answered how.
    package let data: String
    /// The price sheet's name.
    package let prices: String?
    /// The digest of what cells cost; nil where records do not name it.
    package let cost: String?
    package let part: String
    /// Without seed and index of a run; with its parameters and seed.
    package let split: JSONValue
    package let rule: String
    /// λ multiplies costs in their own unit.
    let isRaw: Bool
    let curve: Curve
    /// The indices of the splits that every row has runs on, rising.
    let splits: [Int]
    /// What of metrics, rule and split was of other revisions than this build's, in words; nil when nothing was.
    let earlier: String?
    private let order: [String]

    /// - Parameters:
    ///   - job: What a row's runs share, under the board's names.
    ///   - splits: The indices of the splits that they are on, rising.
    ///   - names: What is known of the data.
    init(job: JSONValue, splits: [Int], data names: BoardNames.Data? = nil) {
        dataset = job["dataset"]?.stringValue ?? ""
        pool = job["models"]?.stringValue ?? "all"
        condition = names?.condition
        data = job["data"]?.stringValue ?? ""
        prices = job["prices"]?.stringValue
        cost = job["inputs"]?["cost"]?.stringValue
        part = job["part"]?.stringValue ?? ""
        split = job["split"] ?? .null
        rule = job["rule"]?.stringValue ?? ""
        isRaw = job["raw"] == true
        curve = job["budget"] == "exact" ? .exact : .listed
        self.splits = splits
        let revisions = RecordRevisions(job: job)
        earlier = revisions.isComparable ? nil : revisions.words
        let comparable = (job["revisions"]?.objectValue ?? [:]).filter { $0.key != "router" && $0.key != "fusion" }
        // Pools as the grid lists them; test before dev; splits by kind, seed and indices as numbers.
        order = [
            dataset, SectionKey.number(names?.place.map { JSONValue($0) }), pool, data, prices ?? "", cost ?? "",
            part == "test" ? "0" : "1", split["kind"]?.stringValue ?? "", SectionKey.number(split["seed"]),
            splits.map { SectionKey.number(JSONValue($0)) }.joined(separator: " "), split.canonicalText, rule,
            isRaw ? "1" : "0", curve.rawValue, earlier == nil ? "0" : "1", JSONValue.object(comparable).canonicalText,
        ]
    }

    package static func == (left: SectionKey, right: SectionKey) -> Bool { left.order == right.order }
    package func hash(into hasher: inout Hasher) { hasher.combine(order) }

    package static func < (left: SectionKey, right: SectionKey) -> Bool {
        for (one, other) in zip(left.order, right.order) where one != other {
            return one.utf8.lexicographicallyPrecedes(other.utf8)
        }
        return false
    }

    /// A text that sorts as the number does.
    private static func number(_ value: JSONValue?) -> String {
        let digits = String(value?.integerValue ?? 0)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }
}

/// One table of a board.
package struct BoardSection: Sendable {
    package let key: SectionKey
    /// What the rows are ordered by.
    package internal(set) var ranking: BoardRanking
    /// Best first; then rows without the ranking metric; then rows over budget; then bounds; then incomplete rows.
    package internal(set) var rows: [BoardRow]
    /// Why there are no intervals, ranks or ties, where there could be.
    package internal(set) var remark: String?
    /// How its competitors compare; nil where nobody was compared.
    package internal(set) var comparison: SectionComparison?
    /// What its routers claim beside the best single model; nil where nothing was tested.
    package internal(set) var claims: SectionClaims?
}
