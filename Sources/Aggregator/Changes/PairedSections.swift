import Catalog
import Grid
import RouteGridBase
import Scoring

/// Two tables, of one board or of two, on the same items: their rows are resampled together.
struct PairedSections: Sendable {
    /// A table and what its board was made from.
    struct Side: Sendable {
        let section: BoardSection
        let statistics: BoardStatistics
        private let mode: String

        init(_ section: BoardSection, of board: RecordedBoard, settings: GridStatistics, bootstrap: Int) {
            self.section = section
            statistics = board.statistics(settings, bootstrap: bootstrap)
            mode = board.board.mode
        }

        /// Whether a metric of the table may be resampled: compat picks its points by the labels that it reports.
        func hasIntervals(_ metric: CurveMetric) -> Bool {
            guard section.key.part == "test", section.key.earlier == nil else { return false }
            return mode == "sound" || section.key.curve == .listed && [.accuracy, .meanCost, .regret].contains(metric)
        }

        fileprivate func resamples() throws -> SectionResamples {
            var records: [Int: ScoredRecord] = [:]
            for run in section.rows.lazy.filter({ !$0.isIncomplete }).flatMap(\.runs)
            where records[run.splitIndex] == nil {
                records[run.splitIndex] = run.reading?.records.first
            }
            guard !records.isEmpty else { throw Absence(why: "no row has a curve") }
            return try SectionResamples(of: records, statistics)
        }
    }

    let sides: [Side]
    /// Of each side.
    let resamples: [SectionResamples]

    /// - Throws: ``Absence`` when data or choices are not at hand, or when the items differ; `checkFailed` when a blob
    ///   is damaged.
    init(_ first: Side, _ second: Side) throws {
        sides = [first, second]
        resamples = [try first.resamples(), try second.resamples()]
        guard resamples[0].drawn == resamples[1].drawn else { throw Absence(why: "the items differ") }
    }

    var drawn: DrawnClusters { resamples[0].drawn }
    var clusters: ClusterCount { resamples[0].clusters }

    /// How much a metric of the second row differs from that of the first.
    ///
    /// - Throws: ``Absence`` when a row cannot be resampled; `checkFailed` when a blob is damaged.
    func estimate(_ metric: CurveMetric, _ first: BoardRow, _ second: BoardRow) throws -> PairedEstimate {
        guard let a = first.value(metric.rawValue), let b = second.value(metric.rawValue) else {
            throw Absence(why: "a row has no value")
        }
        let influences = try differences(of: [metric], first, second)[0]
        return estimate(metric, b - a, influences, first, second)
    }

    /// How much some metrics of the second row differ from those of the first; without those that a row has no value or
    /// no interval of.
    ///
    /// - Throws: ``Absence`` when a row cannot be resampled; `checkFailed` when a blob is damaged.
    func estimates(_ metrics: [CurveMetric], _ first: BoardRow, _ second: BoardRow) throws
        -> [CurveMetric: PairedEstimate]
    {
        let known = metrics.filter { metric in
            sides.allSatisfy { $0.hasIntervals(metric) }
                && [first, second].allSatisfy { $0.value(metric.rawValue) != nil }
        }
        guard !known.isEmpty else { return [:] }
        var found: [CurveMetric: PairedEstimate] = [:]
        for (metric, influences) in zip(known, try differences(of: known, first, second)) {
            let value = (second.value(metric.rawValue) ?? 0) - (first.value(metric.rawValue) ?? 0)
            found[metric] = estimate(metric, value, influences, first, second)
        }
        return found
    }

    private func estimate(
        _ metric: CurveMetric,
        _ value: Double,
        _ influences: [Double],
        _ first: BoardRow,
        _ second: BoardRow
    ) -> PairedEstimate {
        let seeds = SeedVariance.error(first, second, of: metric.rawValue)
        let error = influences.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return PairedEstimate(
            value: value,
            itemError: error > StepDownTest.rounding ? error : 0,
            seedError: seeds.error,
            seedDegrees: seeds.degrees,
            isPaired: true,
            clusters: clusters.effective
        )
    }

    /// `[metrics][clusters]`: the influences on the second row's metrics less the first's.
    private func differences(of metrics: [CurveMetric], _ first: BoardRow, _ second: BoardRow) throws -> [[Double]] {
        let found = try zip([first, second], 0...).map { row, side in
            guard !row.isIncomplete, row.runs.allSatisfy({ $0.reading != nil }),
                metrics.allSatisfy(sides[side].hasIntervals)
            else { throw Absence(why: "a row has no interval") }
            return try resamples[side].resampled(
                row,
                metrics: [],
                influenced: metrics,
                blobs: sides[side].statistics.blobs
            ).influences
        }
        return zip(found[0], found[1]).map { before, after in zip(before, after).map { $1 - $0 } }
    }
}

extension PairedEstimate {
    /// The difference of two rows on items of their own, from their intervals at some level; nil where one has none.
    init?(_ metric: String, _ first: BoardRow, _ second: BoardRow, alpha: Double) {
        guard let a = first.value(metric), let b = second.value(metric), let ours = first.itemInterval(metric),
            let theirs = second.itemInterval(metric)
        else { return nil }
        let quantile = NormalDistribution.quantile(1 - alpha / 2)
        let errors = [ours, theirs].map { ($0.high - $0.low) / 2 / quantile }
        let seeds = SeedVariance.error(first, second, of: metric)
        self.init(
            value: b - a,
            itemError: (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot(),
            seedError: seeds.error,
            seedDegrees: seeds.degrees,
            isPaired: false,
            clusters: Double(min(first.itemCount ?? 2, second.itemCount ?? 2))
        )
    }
}
