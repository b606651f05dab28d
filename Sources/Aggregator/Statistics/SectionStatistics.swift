import Catalog
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// Intervals, ranks, groups and the smallest detectable difference of a section's rows.
struct SectionStatistics {
    private let statistics: BoardStatistics
    private let mode: EvaluationMode

    init(_ statistics: BoardStatistics, mode: EvaluationMode) {
        (self.statistics, self.mode) = (statistics, mode)
    }

    /// Adds to the rows of a section what resampling tells.
    ///
    /// Oracles and incomplete rows are compared with nobody.
    /// - Throws: `checkFailed` when a blob's bytes are not its digest's; `cancelled`.
    func apply(to section: inout BoardSection) throws(RouteGridError) {
        let metrics = metrics(of: section.key)
        guard statistics.settings.bootstrap > 0, !metrics.isEmpty else { return }
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
        let ranking = metrics.first { $0.rawValue == section.ranking.metric }
        var competitors =
            ranking.map { metric in usable.filter { BoardRanking.tier(section.rows[$0], metric.rawValue) == 0 } } ?? []
        if competitors.count > BoardStatistics.rowLimit {
            section.remark =
                "\(competitors.count) rows, more than the \(BoardStatistics.rowLimit) that are compared with each other: let "
                + "select choose among them"
            competitors = []
        }
        let isJudged = metrics.contains(.qncGap) && section.rows.count <= BoardStatistics.rowLimit
        let found = try resampled(
            &section,
            usable,
            metrics,
            influenced: (competitors.isEmpty ? [] : ranking.map { [$0] } ?? [])
                + (metrics.contains(.qncGap) ? [.qncGap] : []) + (isJudged ? [.gain, .qncCost] : []),
            resamples
        )
        for (place, finding) in found {
            for (metric, interval) in finding.intervals {
                section.rows[place].setInterval(interval, of: metric.rawValue)
            }
            section.rows[place].setChoices(finding.routing, finding.choices)
            section.rows[place].slices = finding.slices
        }
        try SectionParity(statistics: statistics, resamples: resamples)
            .apply(to: &section, found.compactMapValues { $0.influences[.qncGap] })
        for place in found.keys { section.rows[place].addSeedIntervals(alpha: statistics.settings.alpha) }
        if isJudged {
            section.claims = try ClaimTest(statistics: statistics, resamples: resamples)
                .claims(of: section, found.mapValues(\.influences))
        }
        competitors.removeAll { found[$0] == nil }
        guard let ranking, !competitors.isEmpty else { return }
        let comparison = PairedComparison(
            estimates: competitors.map { section.rows[$0].value(ranking.rawValue) ?? 0 },
            influences: Matrix(
                rows: competitors.count,
                columns: resamples.drawn.count,
                elements: competitors.flatMap { found[$0]?.influences[ranking] ?? [] }
            ),
            drawn: resamples.drawn,
            clusters: resamples.clusters,
            alpha: statistics.settings.alpha,
            direction: .higherIsBetter,
            isCancelled: { statistics.progress.isCancelled }
        )
        try statistics.progress.checkCancelled()
        for (place, row) in competitors.enumerated() {
            section.rows[row].standing = Standing(
                rank: comparison.rank[place],
                tie: comparison.group[place],
                detectable: comparison.detectable[place]
            )
        }
        section.comparison = SectionComparison(comparison, rows: competitors, metric: ranking.rawValue)
    }

    /// What resampling says of one row.
    private struct Finding: Sendable {
        /// Of each metric that has a value; nil where there is no interval.
        let intervals: [CurveMetric: Interval?]
        /// Of each metric that is tested, and that has a value.
        let influences: [CurveMetric: [Double]]
        let routing: RoutingShares?
        let choices: [[String: JSONValue]]
        let slices: RowSlices?
    }

    /// Resamples some rows on all cores; those that cannot be resampled are left out and remarked.
    private func resampled(
        _ section: inout BoardSection,
        _ usable: [Int],
        _ metrics: [CurveMetric],
        influenced: [CurveMetric],
        _ resamples: SectionResamples
    ) throws(RouteGridError) -> [Int: Finding] {
        let rows = section.rows
        let (progress, blobs) = (statistics.progress, statistics.blobs)
        let results = concurrentMap(usable.count) { number in
            let place = usable[number]
            defer { progress.advance() }
            return Result<Finding, any Error> {
                try progress.checkCancelled()
                let known = metrics.filter { rows[place].value($0.rawValue) != nil }
                let tested = influenced.filter(known.contains)
                let row = try resamples.resampled(rows[place], metrics: known, influenced: tested, blobs: blobs)
                var intervals: [CurveMetric: Interval?] = [:]
                for (number, metric) in known.enumerated() {
                    intervals[metric] = .some(interval(of: metric, rows[place], row.values.row(number), resamples))
                }
                return Finding(
                    intervals: intervals,
                    influences: Dictionary(uniqueKeysWithValues: zip(tested, row.influences)),
                    routing: row.routing,
                    choices: row.choices,
                    slices: row.slices
                )
            }
        }
        var found: [Int: Finding] = [:]
        for (place, result) in zip(usable, results) {
            switch result {
            case .success(let finding): found[place] = finding
            case .failure(let error): section.remark = try Self.remark(error)
            }
        }
        return found
    }

    /// The metrics that have intervals: none that were picked by the labels they are read on.
    ///
    /// Compat keeps the frontier of its test points, and so picks every point of an exact curve on test; of budgets
    /// that a grid lists the largest is read whatever the labels. Operating points on dev are dev's own.
    private func metrics(of key: SectionKey) -> [CurveMetric] {
        guard key.part == "test" else { return [] }
        switch mode {
        case .sound: return CurveMetric.allCases
        case .compat: return key.curve == .listed ? [.accuracy, .meanCost, .regret] : []
        }
    }

    private func interval(
        of metric: CurveMetric,
        _ row: BoardRow,
        _ replicates: some Sequence<Double>,
        _ resamples: SectionResamples
    ) -> Interval? {
        guard let value = row.value(metric.rawValue) else { return nil }
        let alpha = statistics.settings.alpha
        let interval = Interval.percentile(replicates, alpha: alpha)
        // A proportion of independent items: exact near 0 and 1, where resampling degenerates to a point.
        guard metric == .accuracy || metric == .ps else { return interval }
        let isPlain = row.runs.count == 1 && resamples.isByItem
        guard isPlain || interval.map({ $0.low == $0.high }) ?? false else { return interval }
        return .wilson(min(max(value, 0), 1), of: resamples.clusters.count, alpha: alpha)
    }

    /// The reason for the reader; a damaged blob and a cancellation are passed on.
    private static func remark(_ error: any Error) throws(RouteGridError) -> String {
        switch error {
        case let absence as Absence: return absence.why
        case let error as RouteGridError where error.code == .checkFailed || error.code == .cancelled: throw error
        default: return "\(error)"
        }
    }
}

extension BoardRow {
    /// Adds where queries go, and how near that comes to the best choices.
    ///
    /// - Parameters:
    ///   - routing: Of the row.
    ///   - choices: Metrics of each run, in the order of the runs.
    fileprivate mutating func setChoices(_ routing: RoutingShares?, _ choices: [[String: JSONValue]]) {
        self.routing = routing
        for (run, found) in choices.enumerated() {
            for (name, value) in found { runs[run].metrics[name] = value }
        }
        let means = RunMeans.metrics(of: runs)
        for name in ChoiceMetrics.names { metrics[name] = means[name] }
    }

    /// Adds a metric's interval, or why a value has none.
    fileprivate mutating func setInterval(_ interval: Interval?, of metric: String) {
        guard value(metric) != nil, let json = metrics[metric] else { return }
        if let interval {
            metrics[metric] = json.with("lo", .double(interval.low)).with("hi", .double(interval.high))
        } else {
            metrics[metric] = json.with(
                "why",
                "no interval: the value does not exist on more than one resample in twenty"
            )
        }
    }
}
