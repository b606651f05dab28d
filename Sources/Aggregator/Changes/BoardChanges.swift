package import Catalog
import Grid
package import RouteGridBase
import Scoring

/// What became of every row of a board: old rows in the order of the old board, then those that are new.
///
/// Identities are compared first: equal bytes need no statistics, and digests of inputs and revisions say why numbers
/// may differ. Then the numbers: by the paired difference over shared resamples where both boards have the same items
/// and their blobs, else by the two intervals. Bounds hold for all rows of a table together (Bonferroni).
package struct BoardChanges: Sendable {
    package static let schema = "routegrid/changes/v1"

    package let rows: [RowChange]
    package let alpha: Double
    package let mode: String
    /// Digests of `leaderboard.json`.
    package let digests: (old: Digest, new: Digest)

    /// - Parameters:
    ///   - old: The board before.
    ///   - new: The board now.
    ///   - metrics: Bounded besides the ranking metric (see ``RowChange/others``).
    /// - Throws: `checkFailed` when a blob is damaged.
    package init(
        from old: RecordedBoard,
        to new: RecordedBoard,
        metrics: [CurveMetric] = []
    ) throws(RouteGridError) {
        let settings = new.settings.stricter(old.settings)
        (alpha, mode) = (settings.alpha, new.board.mode)
        digests = (Digest(hashing: old.board.jsonBytes), Digest(hashing: new.board.jsonBytes))
        let (oldNames, newNames) = (RowNames(old.board), RowNames(new.board))
        let results = (Self.results(old), Self.results(new))
        var places: [RowIdentity: [RowNames.Entry]] = [:]
        for entry in newNames.entries {
            places[RowIdentity(new.board.row(entry)), default: []].append(entry)
        }
        var found: [Counterpart] = []
        var matched: Set<Int> = []
        for entry in oldNames.entries {
            let row = old.board.row(entry)
            // Of several tables with rows of one name that of the same content, else the first that is left.
            let alike = (places[RowIdentity(row)] ?? []).filter { !matched.contains($0.number) }
            let same = alike.first { new.board.row($0).job == row.job }
            // Of several price sheets the same prices, or else the sheet of the same name.
            let priced =
                alike.first { new.board.row($0).job["inputs"]?["cost"] == row.job["inputs"]?["cost"] }
                ?? alike.first { new.board.row($0).job["prices"] == row.job["prices"] }
            let other = same ?? priced ?? alike.first
            if let other { matched.insert(other.number) }
            found.append(Counterpart(old: entry, new: other))
        }
        found += newNames.entries.filter { !matched.contains($0.number) }.map { Counterpart(old: nil, new: $0) }
        let numbers = try Self.estimates(found, old, new, metrics, settings: settings)
        rows = zip(found, numbers).map { counterpart, number in
            Self.change(counterpart, number, old, new, results)
        }
    }

    private struct Counterpart {
        let old: RowNames.Entry?
        let new: RowNames.Entry?
    }

    private struct Number {
        var estimate: PairedEstimate?
        var others: [CurveMetric: PairedEstimate] = [:]
        var interval: Interval?
        var remark: String?
    }

    private static func results(_ board: RecordedBoard) -> [JobKey: Digest] {
        Dictionary(board.aggregation.records.records.map { ($0.jobKey, $0.resultDigest) }) { first, _ in first }
    }

    // MARK: Numbers

    private static func estimates(
        _ pairs: [Counterpart],
        _ old: RecordedBoard,
        _ new: RecordedBoard,
        _ asked: [CurveMetric],
        settings: GridStatistics
    ) throws(RouteGridError) -> [Number] {
        var numbers = pairs.map { _ in Number() }
        let tables = Dictionary(grouping: pairs.indices) {
            [pairs[$0].old?.section ?? -1, pairs[$0].new?.section ?? -1]
        }
        for (_, places) in tables.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let moved = places.filter { place in
                guard let a = pairs[place].old, let b = pairs[place].new else { return false }
                return old.board.row(a).jobKeys != new.board.row(b).jobKeys
            }
            guard let first = moved.first, let a = pairs[first].old, let b = pairs[first].new else { continue }
            let sections = (old.board.sections[a.section], new.board.sections[b.section])
            guard let metric = CurveMetric(rawValue: sections.1.ranking.metric) else { continue }
            var (paired, remark): (PairedSections?, String?)
            do {
                paired = try PairedSections(
                    PairedSections.Side(sections.0, of: old, settings: settings, bootstrap: 64),
                    PairedSections.Side(sections.1, of: new, settings: settings, bootstrap: 64)
                )
            } catch { remark = try words(error) }
            for place in moved {
                guard let a = pairs[place].old, let b = pairs[place].new else { continue }
                let (before, after) = (old.board.row(a), new.board.row(b))
                numbers[place].remark = remark
                do { numbers[place].estimate = try paired?.estimate(metric, before, after) } catch {
                    numbers[place].remark = try words(error)
                }
                let isFixed = after.isBound || after.isReference
                let further = asked.filter { $0 != metric } + (isFixed ? [.accuracy, .meanCost] : [])
                if !further.isEmpty {
                    numbers[place].others = (try? paired?.estimates(further, before, after)) ?? [:]
                }
                func unpaired(_ metric: CurveMetric) -> PairedEstimate? {
                    PairedEstimate(metric.rawValue, before, after, alpha: settings.alpha)
                }
                if numbers[place].estimate == nil { numbers[place].estimate = unpaired(metric) }
                for metric in asked where numbers[place].others[metric] == nil {
                    numbers[place].others[metric] = unpaired(metric)
                }
            }
            let level = settings.alpha / Double(max(moved.count { numbers[$0].estimate != nil }, 1))
            for place in moved { numbers[place].interval = numbers[place].estimate?.interval(alpha: level) }
        }
        return numbers
    }

    /// The reason for the reader; a damaged blob and a cancellation are passed on.
    static func words(_ error: any Error) throws(RouteGridError) -> String {
        switch error {
        case let absence as Absence: return absence.why
        case let error as RouteGridError where error.code == .checkFailed || error.code == .cancelled: throw error
        default: return "\(error)"
        }
    }

    // MARK: Classes

    private static func change(
        _ pair: Counterpart,
        _ number: Number,
        _ old: RecordedBoard,
        _ new: RecordedBoard,
        _ results: (old: [JobKey: Digest], new: [JobKey: Digest])
    ) -> RowChange {
        let (before, after) = (pair.old.map(old.board.row), pair.new.map(new.board.row))
        let section = pair.new.map { new.board.sections[$0.section] } ?? old.board.sections[pair.old?.section ?? 0]
        let metric = section.ranking.metric
        let cells = cells(before, after, results)
        var (kind, effect, causes): (RowChange.Kind, RowChange.Effect, [ChangeCause]) = (.unchanged, .none, [])
        switch (before, after) {
        case (nil, _): kind = .new
        case (_, nil): kind = .gone
        case (let before?, let after?):
            if cells.diverged > 0 {
                (kind, causes, effect) = (.changed, [.divergence], .changed)
            } else if before.jobKeys == after.jobKeys {
                // The count of all reads of test is no property of the row.
                if before.json.with("test_reads", nil) != after.json.with("test_reads", nil) {
                    (kind, causes) = (.pool, [.table])
                }
            } else {
                causes = ChangeCause.causes((before, old.aggregation.tables), (after, new.aggregation.tables))
                effect = Self.effect(number, before.value(metric), after.value(metric))
                kind = Self.kind(causes, effect)
            }
        }
        guard let name = pair.new ?? pair.old else { preconditionFailure("a row of neither board") }
        return RowChange(
            kind: kind,
            causes: causes,
            effect: effect,
            name: name,
            old: before,
            new: after,
            cells: cells,
            metric: metric,
            isLargerBetter: MetricDescriptor.named(metric)?.isLargerBetter ?? true,
            estimate: number.estimate,
            others: number.others,
            interval: number.interval,
            remark: number.interval == nil ? number.remark : nil
        )
    }

    private static func kind(_ causes: [ChangeCause], _ effect: RowChange.Effect) -> RowChange.Kind {
        for cause in causes {
            switch cause {
            case .items, .embeddings: return .data
            case .pool, .table: return .pool
            case .revision: return .code
            case .prices: return .price
            case .outcomes, .runs, .divergence: continue
            }
        }
        // A difference that nothing bounds is no noise.
        return effect == .changed || effect == .unknown ? .changed : .withinNoise
    }

    private static func effect(_ number: Number, _ before: Double?, _ after: Double?) -> RowChange.Effect {
        guard let before, let after else { return before == nil && after == nil ? .none : .unknown }
        if before == after { return .none }
        guard let interval = number.interval else { return .unknown }
        return interval.low > 0 || interval.high < 0 ? .changed : .withinNoise
    }

    private static func cells(
        _ old: BoardRow?,
        _ new: BoardRow?,
        _ results: (old: [JobKey: Digest], new: [JobKey: Digest])
    ) -> RowChange.Cells {
        let (before, after) = (Set(old?.jobKeys ?? []), Set(new?.jobKeys ?? []))
        let both = before.intersection(after)
        let equal = both.count { results.old[$0] == results.new[$0] }
        return RowChange.Cells(
            equal: equal,
            gone: before.count - both.count,
            new: after.count - both.count,
            diverged: both.count - equal
        )
    }
}

extension Leaderboard {
    /// The row that a name is of.
    package func row(_ entry: RowNames.Entry) -> BoardRow { sections[entry.section].rows[entry.row] }
}
