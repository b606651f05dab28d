import Foundation
import Grid
import RouteGridBase
import RouterCatalog
import RoutingCore
import RoutingData

/// Intervals, ranks, ties and the smallest detectable difference of a section's rows.
struct SectionStatistics {
    private let statistics: BoardStatistics
    private let mode: EvaluationMode

    init(_ statistics: BoardStatistics, mode: EvaluationMode) {
        (self.statistics, self.mode) = (statistics, mode)
    }

    /// Adds to the rows of a section what resampling tells.
    ///
    /// Oracles and incomplete rows are compared with nobody.
    /// - Throws: `checkFailed` when a blob's bytes are not its digest's.
    func apply(to section: inout BoardSection) throws(RouteGridError) {
        let metrics = metrics(of: section.key)
        guard statistics.settings.bootstrap > 0, !metrics.isEmpty else { return }
        guard section.rows.count <= BoardStatistics.rowLimit else {
            section.remark =
                "\(section.rows.count) rows, more than the \(BoardStatistics.rowLimit) that are resampled: let select "
                + "choose among them"
            return
        }
        let usable = section.rows.indices.filter { place in
            !section.rows[place].isIncomplete && section.rows[place].runs.allSatisfy { $0.reading != nil }
        }
        var records: [Int: ScoredRecord] = [:]
        for run in usable.flatMap({ section.rows[$0].runs }) where records[run.splitIndex] == nil {
            records[run.splitIndex] = run.reading?.records.first
        }
        guard !records.isEmpty else { return }
        let resamples: SectionResamples
        do { resamples = try SectionResamples(of: records, statistics) } catch {
            section.remark = try Self.remark(error)
            return
        }
        guard usable.count * metrics.count * resamples.replicates <= BoardStatistics.valueLimit else {
            section.remark =
                "\(resamples.replicates) resamples of \(usable.count) rows do not fit into memory: lower statistics.bootstrap"
            return
        }
        let values = try values(of: &section, usable, metrics, resamples)
        for (place, matrix) in values {
            for (number, metric) in metrics.enumerated() {
                addInterval(to: &section.rows[place], metric, matrix[number], resamples)
            }
        }
        let ranking = section.ranking.metric
        if let number = metrics.firstIndex(where: { $0.rawValue == ranking }) {
            compare(&section, values.mapValues { $0[number] }, by: ranking, clusters: resamples.clusters)
        }
    }

    /// The metrics of some rows on every resample: for each row `[metrics][replicates]`; rows that cannot be resampled are
    /// left out and remarked.
    private func values(
        of section: inout BoardSection,
        _ usable: [Int],
        _ metrics: [CurveMetric],
        _ resamples: SectionResamples
    ) throws(RouteGridError) -> [Int: [[Double]]] {
        var values = Dictionary(
            uniqueKeysWithValues: usable.map { ($0, [[Double]](repeating: [], count: metrics.count)) }
        )
        let rows = section.rows
        let blobs = statistics.blobs
        let progress = statistics.progress
        for first in stride(from: 0, to: resamples.replicates, by: BoardStatistics.blockSize) {
            let block = resamples.block(first..<min(first + BoardStatistics.blockSize, resamples.replicates))
            let open = usable.filter { values[$0] != nil }
            let found = Self.inParallel(open.count) { place in
                Result {
                    try progress.checkCancelled()
                    defer { progress.advance() }
                    return try resamples.replicates(of: rows[open[place]], metrics: metrics, block: block, blobs: blobs)
                }
            }
            for (place, result) in zip(open, found) {
                switch result {
                case .success(let matrix):
                    for number in metrics.indices { values[place]?[number] += matrix.row(number) }
                case .failure(let error):
                    section.remark = try Self.remark(error)
                    values[place] = nil
                }
            }
        }
        return values
    }

    /// The metrics that have intervals: none that were picked by the labels they are read on.
    ///
    /// Compat keeps the frontier of its test points, and so picks every point of an exact curve on test; of budgets that a
    /// grid lists the largest is read whatever the labels. Operating points on dev are dev's own.
    private func metrics(of key: SectionKey) -> [CurveMetric] {
        guard key.part == "test" else { return [] }
        switch mode {
        case .sound: return CurveMetric.allCases
        case .compat: return key.curve == .listed ? [.accuracy, .meanCost, .regret] : []
        }
    }

    private func addInterval(
        to row: inout BoardRow,
        _ metric: CurveMetric,
        _ replicates: [Double],
        _ resamples: SectionResamples
    ) {
        guard let value = row.value(metric.rawValue) else { return }
        let alpha = statistics.settings.alpha
        var interval = Interval.percentile(replicates, alpha: alpha)
        // A proportion of independent items: exact near 0 and 1, where resampling degenerates to a point.
        if metric == .accuracy || metric == .ps {
            let isPlain = row.runs.count == 1 && resamples.isByItem
            if isPlain || interval.map({ $0.low == $0.high }) ?? false {
                interval = .wilson(min(max(value, 0), 1), of: resamples.clusters.count, alpha: alpha)
            }
        }
        var json = row.metrics[metric.rawValue] ?? .null
        if let interval {
            json = json.with("lo", .double(interval.low)).with("hi", .double(interval.high))
        } else {
            json = json.with("why", "no interval: the value does not exist on more than one resample in twenty")
        }
        row.metrics[metric.rawValue] = json
    }

    private func compare(
        _ section: inout BoardSection,
        _ replicates: [Int: [Double]],
        by ranking: String,
        clusters: ClusterCount
    ) {
        let competitors = section.rows.indices.filter { place in
            !section.rows[place].isBound && !section.rows[place].isOverBudget && replicates[place] != nil
                && section.rows[place].value(ranking) != nil
        }
        guard !competitors.isEmpty else { return }
        let values = competitors.flatMap { replicates[$0] ?? [] }
        let comparison = PairedComparison(
            estimates: competitors.map { section.rows[$0].value(ranking) ?? 0 },
            replicates: Matrix(rows: competitors.count, columns: statistics.settings.bootstrap, elements: values),
            clusters: clusters,
            alpha: statistics.settings.alpha,
            direction: .higherIsBetter
        )
        for (place, row) in competitors.enumerated() {
            section.rows[row].standing = Standing(
                rank: comparison.rank[place],
                tie: comparison.tie[place],
                detectable: comparison.detectable[place]
            )
        }
    }

    /// The reason for the reader; a damaged blob is passed on.
    private static func remark(_ error: any Error) throws(RouteGridError) -> String {
        switch error {
        case let absence as Absence: return absence.why
        case let error as RouteGridError where error.code == .checkFailed || error.code == .cancelled: throw error
        default: return "\(error)"
        }
    }

    /// Calls `body` for 0 ..< `count` on all cores; the results in order.
    private static func inParallel<Value: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
        let values = LockedBox<[Int: Value]>([:])
        DispatchQueue.concurrentPerform(iterations: count) { place in
            let value = body(place)
            values.withLock { $0[place] = value }
        }
        return values.withLock { values in (0..<count).compactMap { values[$0] } }
    }
}
