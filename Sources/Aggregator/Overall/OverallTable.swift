import Foundation
import Grid
import RouteGridBase
package import Scoring

/// Rows over several tables of one board that differ in their dataset alone: what people mean by one order.
///
/// Compared are the competitors that have a value in every table; ranks are among these.
package struct OverallTable: Sendable {
    /// A number with bounds.
    package struct Bounded: Hashable, Sendable {
        package let value: Double
        package let interval: Interval?
    }

    package struct Row: Sendable {
        package let name: String
        /// The mean over datasets, each counting once; its interval from those of the tables in quadrature.
        package let mean: Bounded
        /// The mean over datasets of the rank, equal values sharing theirs; nil for bounds.
        ///
        /// The interval runs from the mean of 1 + the rows significantly better to that of all − the rows significantly
        /// worse, at α over the number of datasets: it holds for all rows together, ties included.
        package let rank: Bounded?
        /// Its place among the rows of each table.
        package let places: [Int]
    }

    /// On how many datasets one row is significantly better than another, as tables say it.
    package struct Record: Hashable, Sendable {
        package var wins = 0
        package var ties = 0
        package var losses = 0

        package init(wins: Int = 0, ties: Int = 0, losses: Int = 0) {
            (self.wins, self.ties, self.losses) = (wins, ties, losses)
        }
    }

    /// Places among the board's sections.
    package let sections: [Int]
    package let datasets: [String]
    package let metric: String
    /// Best mean rank first.
    package let rows: [Row]
    /// What bounds come to: oracles, and the best fixed model of each dataset.
    package let bounds: [Row]
    /// `[rows][rows]`; nil where nobody was compared.
    package let records: [[Record]]?
    package let alpha: Double
    /// Competitors of some table that others lack.
    package let leftOut: Int

    /// The tables of a board; none where no two datasets compare.
    package static func tables(of board: Leaderboard) -> [OverallTable] {
        var groups: [String: [Int]] = [:]
        for (place, section) in board.sections.enumerated() where section.key.earlier == nil {
            groups[signature(section), default: []].append(place)
        }
        return groups.values.sorted { ($0.first ?? 0) < ($1.first ?? 0) }.compactMap { OverallTable(board, $0) }
    }

    /// What tables share that differ in their dataset alone.
    private static func signature(_ section: BoardSection) -> String {
        let key = section.key
        return [
            key.pool, key.condition ?? "", key.part, key.rule, key.isRaw ? "raw" : "", key.curve.rawValue,
            key.split.canonicalText, key.splits.map(String.init).joined(separator: " "), key.prices ?? "",
            section.ranking.metric,
        ].joined(separator: "\n")
    }

    private init?(_ board: Leaderboard, _ places: [Int]) {
        let sections = places.map { board.sections[$0] }
        let names = sections.map(\.key.dataset)
        guard places.count > 1, Set(names).count == names.count else { return nil }
        let metric = sections[0].ranking.metric
        let alpha = board.statistics?.alpha ?? 0.05
        /// By identity the place of each row that is of some tier.
        func rows(_ section: BoardSection, _ tier: Int) -> [RowIdentity: Int] {
            let kept = section.rows.indices.filter {
                BoardRanking.tier(section.rows[$0], metric) == tier && section.rows[$0].value(metric) != nil
            }
            return Dictionary(kept.map { (RowIdentity(section.rows[$0], withDataset: false), $0) }) { first, _ in first
            }
        }
        let all = sections.map { rows($0, 0) }
        let common = all.dropFirst().reduce(Set(all[0].keys)) { $0.intersection($1.keys) }
        guard common.count > 1 else { return nil }
        let ordered = common.sorted { $0.text < $1.text }
        let found = ordered.map { identity in all.map { $0[identity] ?? 0 } }
        let names0 = RouterNames(among: sections[0].rows)
        let axes = BoardTable.axes.filter { axis in
            Set(found.compactMap { axis.text(sections[0].rows[$0[0]]) }).count > 1
        }
        func name(_ places: [Int]) -> String {
            let row = sections[0].rows[places[0]]
            let parts = [names0.name(of: row)] + axes.compactMap { $0.text(row) }.filter { !$0.isEmpty }
            return SafeText.line(parts.joined(separator: " · "))
        }
        func mean(_ places: [Int]) -> Bounded { Self.mean(zip(sections, places).map { $0.rows[$1] }, metric) }
        let ranks = Self.ranks(found, sections, metric, alpha: alpha)
        let records = Self.records(found, sections)
        let means = found.map(mean)
        let order = found.indices.sorted { a, b in
            let (x, y) = (ranks[a].value, ranks[b].value)
            if x != y { return x < y }
            let (p, q) = (means[a].value, means[b].value)
            return p != q ? p > q : a < b
        }
        self.rows = order.map { Row(name: name(found[$0]), mean: means[$0], rank: ranks[$0], places: found[$0]) }
        self.records = records.map { all in order.map { a in order.map { all[a][$0] } } }
        let bounded = sections.map { rows($0, 3) }
        let shared = bounded.dropFirst().reduce(Set(bounded[0].keys)) { $0.intersection($1.keys) }
        var bounds = shared.sorted { $0.text < $1.text }.map { identity in
            let places = bounded.map { $0[identity] ?? 0 }
            return Row(name: name(places), mean: mean(places), rank: nil, places: places)
        }
        if let best = Self.bestFixed(sections, metric) { bounds.append(best) }
        self.bounds = bounds
        (self.sections, datasets, self.metric, self.alpha) = (places, names, metric, alpha)
        leftOut = Set(all.flatMap(\.keys)).count - common.count
    }

    private static func mean(_ rows: [BoardRow], _ metric: String) -> Bounded {
        let values = rows.map { $0.value(metric) ?? 0 }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let intervals = rows.compactMap { $0.interval(metric) }
        guard intervals.count == rows.count else { return Bounded(value: mean, interval: nil) }
        func half(_ ends: [Double]) -> Double {
            zip(values, ends).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / count
        }
        let ends = (mean - half(intervals.map(\.low)), mean + half(intervals.map(\.high)))
        return Bounded(value: mean, interval: Interval(low: ends.0, high: ends.1))
    }

    /// The mean rank of each row, with what the data allow.
    private static func ranks(
        _ found: [[Int]],
        _ sections: [BoardSection],
        _ metric: String,
        alpha: Double
    ) -> [Bounded] {
        let count = Double(sections.count)
        let isCompared = sections.allSatisfy { $0.comparison != nil }
        var sums = [(rank: Double, low: Double, high: Double)](repeating: (0, 0, 0), count: found.count)
        for (number, section) in sections.enumerated() {
            let values = found.map { section.rows[$0[number]].value(metric) ?? 0 }
            let sorted = values.sorted()
            /// How many values hold, of which all that hold come first.
            func count(_ holds: (Double) -> Bool) -> Int {
                var (low, high) = (0, sorted.count)
                while low < high {
                    let middle = (low + high) / 2
                    if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
                }
                return low
            }
            for (row, own) in values.enumerated() {
                let tolerance = BoardRanking.tolerance * max(1, abs(own))
                let (worse, notBetter) = (count { $0 < own - tolerance }, count { $0 <= own + tolerance })
                sums[row].rank += Double(sorted.count - notBetter) + Double(notBetter - worse + 1) / 2
            }
            guard isCompared, let comparison = section.comparison else { continue }
            let level = alpha / Double(sections.count)
            let numbers = comparison.numbers(of: found.map { $0[number] })
            for row in found.indices {
                let better = numbers.count { comparison.isSeparated($0, numbers[row], alpha: level) }
                let worse = numbers.count { comparison.isSeparated(numbers[row], $0, alpha: level) }
                sums[row].low += Double(1 + better)
                sums[row].high += Double(found.count - worse)
            }
        }
        return sums.map { sum in
            let interval = isCompared ? Interval(low: sum.low / count, high: sum.high / count) : nil
            return Bounded(value: sum.rank / count, interval: interval)
        }
    }

    private static func records(_ found: [[Int]], _ sections: [BoardSection]) -> [[Record]]? {
        guard sections.allSatisfy({ $0.comparison != nil }) else { return nil }
        var records = [[Record]](repeating: [Record](repeating: Record(), count: found.count), count: found.count)
        for (place, section) in sections.enumerated() {
            guard let comparison = section.comparison else { continue }
            let numbers = comparison.numbers(of: found.map { $0[place] })
            for a in found.indices {
                for b in found.indices where a != b {
                    switch comparison.isBetter(numbers[a], numbers[b]) {
                    case true?: records[a][b].wins += 1
                    case false?: records[a][b].losses += 1
                    case nil: records[a][b].ties += 1
                    }
                }
            }
        }
        return records
    }

    /// What choosing the best of the fixed models on each dataset, by its test items, comes to.
    private static func bestFixed(_ sections: [BoardSection], _ metric: String) -> Row? {
        let best = sections.map { section in
            section.rows.indices.filter {
                section.rows[$0].routerKind == "fixed" && section.rows[$0].value(metric) != nil
            }
            .max { (section.rows[$0].value(metric) ?? 0, $1) < (section.rows[$1].value(metric) ?? 0, $0) }
        }
        let places = best.compactMap(\.self)
        guard places.count == sections.count else { return nil }
        return Row(
            name: "best fixed model of each dataset",
            mean: Bounded(value: mean(zip(sections, places).map { $0.rows[$1] }, metric).value, interval: nil),
            rank: nil,
            places: places
        )
    }

    /// Over all others, how often the row is better, as good, and worse.
    package func total(_ row: Int) -> Record? {
        records.map { all in
            all[row].enumerated().reduce(into: Record()) { sum, entry in
                guard entry.offset != row else { return }
                sum.wins += entry.element.wins
                sum.ties += entry.element.ties
                sum.losses += entry.element.losses
            }
        }
    }
}

extension SectionComparison {
    /// Rows of the table as the comparison numbers them; nil for one that was not compared.
    fileprivate func numbers(of places: [Int]) -> [Int?] {
        let known = Dictionary(rows.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        return places.map { known[$0] }
    }

    /// Whether a row is significantly better (true) or worse (false) than another, as ranks and ties have it.
    fileprivate func isBetter(_ first: Int?, _ second: Int?) -> Bool? {
        guard let first, let second else { return nil }
        if result.isBetter[first][second] { return true }
        return result.isBetter[second][first] ? false : nil
    }

    /// Whether the first row is significantly better than the second at a level of its own.
    fileprivate func isSeparated(_ first: Int?, _ second: Int?, alpha: Double) -> Bool {
        guard let first, let second, first != second else { return false }
        let difference = result.difference(first, second)
        return difference.pValue <= alpha && difference.estimate > 0
    }
}
