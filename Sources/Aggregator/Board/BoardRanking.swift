import Foundation
import RouteGridBase

/// What the rows of a table are ordered by.
package struct BoardRanking: Hashable, Sendable {
    /// The metric that decides.
    package let metric: String
    /// Decides between rows that are equal in it: the cheaper one is better; nil when equals share a place.
    package let tieBreaker: String?
    /// Why it is not the board's own metric, in a sentence; nil when it is.
    package let why: String?

    /// Values nearer to each other are equal: their difference is rounding.
    static let tolerance = 1e-12

    /// The order of a board: areas over one cost range compare; those over each router's own, which compat has, do not.
    static func of(mode: String) -> BoardRanking {
        mode == "compat"
            ? BoardRanking(metric: "ps", tieBreaker: "mean_cost", why: nil)
            : BoardRanking(metric: "nauc_shared", tieBreaker: nil, why: nil)
    }

    /// The order of some rows: by accuracy where no competitor can have a value of the board's own metric.
    static func of(_ rows: [BoardRow], mode: String) -> BoardRanking {
        let own = BoardRanking.of(mode: mode)
        let competitors = rows.filter { tier($0, own.metric) < 2 }
        guard !competitors.isEmpty, competitors.allSatisfy({ $0.value(own.metric) == nil }),
            competitors.contains(where: { $0.value("accuracy") != nil })
        else { return own }
        let reasons = Set(competitors.compactMap { $0.metrics[own.metric]?["why"]?.stringValue }).sorted()
        let title = BoardMetric.named(own.metric).title
        let why = reasons.first.map { " (\($0)\(reasons.count > 1 ? ", …" : ""))" } ?? ""
        return BoardRanking(
            metric: "accuracy",
            tieBreaker: nil,
            why: "ranked by accuracy: no row has a value of \(title)\(why)"
        )
    }

    /// The rows best first, with their places; equal ones share one.
    func placed(_ rows: [BoardRow]) -> [BoardRow] {
        let sorted = rows.map { (row: $0, identity: $0.identity, tier: Self.tier($0, metric)) }.sorted { left, right in
            if left.tier != right.tier { return left.tier < right.tier }
            let (x, y) = (left.row.value(metric) ?? 0, right.row.value(metric) ?? 0)
            if x != y { return x > y }
            return left.identity.utf8.lexicographicallyPrecedes(right.identity.utf8)
        }
        var placed: [BoardRow] = []
        var start = 0
        while start < sorted.count {
            let first = sorted[start]
            var end = start + 1
            while end < sorted.count, sorted[end].tier == first.tier, isEqual(first.row, sorted[end].row, in: metric) {
                end += 1
            }
            placed += equals(sorted[start..<end].map { ($0.row, $0.identity) }, tier: first.tier, from: start + 1)
            start = end
        }
        return placed
    }

    /// Rows that are equal in the metric: by the tie breaker, then by what they are, so that rounding orders nothing.
    private func equals(_ rows: [(row: BoardRow, identity: String)], tier: Int, from first: Int) -> [BoardRow] {
        func cost(_ row: BoardRow) -> Double { tieBreaker.flatMap(row.value) ?? .infinity }
        var groups: [[(row: BoardRow, identity: String)]] = []
        for entry in rows.sorted(by: { (cost($0.row), $0.identity) < (cost($1.row), $1.identity) }) {
            if let name = tieBreaker, let head = groups.last?.first, !isEqual(head.row, entry.row, in: name) {
                groups.append([entry])
            } else if groups.isEmpty {
                groups.append([entry])
            } else {
                groups[groups.count - 1].append(entry)
            }
        }
        var placed: [BoardRow] = []
        for group in groups {
            let place = first + placed.count
            for entry in group.sorted(by: { $0.identity.utf8.lexicographicallyPrecedes($1.identity.utf8) }) {
                var row = entry.row
                row.place = tier == 0 ? place : nil
                placed.append(row)
            }
        }
        return placed
    }

    private func isEqual(_ left: BoardRow, _ right: BoardRow, in metric: String) -> Bool {
        switch (left.value(metric), right.value(metric)) {
        case (let a?, let b?): abs(a - b) <= Self.tolerance * max(1, abs(a), abs(b))
        case (nil, nil): true
        default: false
        }
    }

    /// Competitors with a value, those without one, rows over budget, bounds, rows that lack a record.
    static func tier(_ row: BoardRow, _ metric: String) -> Int {
        if row.isIncomplete || !row.hasRecord { return 4 }
        if row.isBound { return 3 }
        if row.isOverBudget { return 2 }
        return row.value(metric) == nil ? 1 : 0
    }
}
