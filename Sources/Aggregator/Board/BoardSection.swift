import Grid
import RouteGridBase

/// What may be compared: rows about the same data, prices, splits, part and rule, by the same kind of curve.
struct SectionKey: Hashable, Comparable, Sendable {
    /// How a row's points came about.
    enum Curve: String, Hashable, Sendable {
        /// Every operating point, found by one sort.
        case exact
        /// The budgets that the grid lists, joined.
        case listed
    }

    let dataset: String
    let part: String
    let rule: String
    let curve: Curve
    /// The indices of the splits that every row has runs on, rising.
    let splits: [Int]
    /// What of metrics, rule and split was of other revisions than this build's, in words; nil when nothing was.
    let earlier: String?
    private let order: [String]

    /// - Parameters:
    ///   - job: What a row's runs share.
    ///   - splits: The indices of the splits that they are on, rising.
    init(job: JSONValue, splits: [Int]) {
        dataset = job["dataset"]?.stringValue ?? ""
        part = job["part"]?.stringValue ?? ""
        let split = job["split"] ?? .null
        rule = job["rule"]?.stringValue ?? ""
        curve = job["budget"] == "exact" ? .exact : .listed
        self.splits = splits
        let revisions = RecordRevisions(job: job)
        earlier = revisions.isComparable ? nil : revisions.words
        let comparable = (job["revisions"]?.objectValue ?? [:]).filter { $0.key != "router" && $0.key != "fusion" }
        // Test before dev; splits by kind, seed and indices as numbers.
        order = [
            dataset, job["data"]?.stringValue ?? "", job["prices"]?.stringValue ?? "", part == "test" ? "0" : "1",
            split["kind"]?.stringValue ?? "", SectionKey.number(split["seed"]),
            splits.map { SectionKey.number(JSONValue($0)) }.joined(separator: " "), split.canonicalText, rule,
            curve.rawValue, earlier == nil ? "0" : "1", JSONValue.object(comparable).canonicalText,
        ]
    }

    static func == (left: SectionKey, right: SectionKey) -> Bool { left.order == right.order }
    func hash(into hasher: inout Hasher) { hasher.combine(order) }

    static func < (left: SectionKey, right: SectionKey) -> Bool {
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
    let key: SectionKey
    /// Best first; then rows without the ranking metric; then bounds; then incomplete rows.
    package internal(set) var rows: [BoardRow]
    /// Why there are no intervals, ranks or ties, where there could be.
    package internal(set) var remark: String?
    /// How its competitors compare; nil where nobody was compared.
    package internal(set) var comparison: SectionComparison?
}
