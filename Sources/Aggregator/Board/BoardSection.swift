import RouteGridBase

/// What may be compared: rows about the same data, split, part and rule, by the same kind of curve.
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
    /// Canonical JSON of the split.
    let split: String
    let rule: String
    let curve: Curve
    private let order: [String]

    /// - Parameter job: A record's `job`.
    init(job: JSONValue) {
        dataset = job["dataset"]?.stringValue ?? ""
        part = job["part"]?.stringValue ?? ""
        let split = job["split"] ?? .null
        self.split = split.canonicalText
        rule = job["rule"]?.stringValue ?? ""
        curve = job["budget"] == "exact" ? .exact : .listed
        // Test before dev; splits by kind, seed and index as numbers.
        order = [
            dataset, job["data"]?.stringValue ?? "", part == "test" ? "0" : "1", split["kind"]?.stringValue ?? "",
            SectionKey.number(split["seed"]),
            SectionKey.number(split["index"]), self.split, rule, curve.rawValue,
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
    /// Best first; then rows without the ranking metric; then bounds; then rows without a record.
    package let rows: [BoardRow]
}
