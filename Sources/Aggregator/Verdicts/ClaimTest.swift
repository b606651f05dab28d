import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// Tests what the routers of a table claim beside the best single model, all claims of all of them together.
struct ClaimTest {
    let statistics: BoardStatistics
    let resamples: SectionResamples

    /// The metrics that claims are about, with the value that each is tested against.
    static let metrics: [CurveMetric] = [.gain, .qncGap, .qncCost]

    /// One number of one router.
    private struct Hypothesis {
        let place: Int
        let metric: CurveMetric
        let estimate: Double
        let influences: [Double]
    }

    /// - Parameters:
    ///   - section: The table.
    ///   - influences: Of each place, of each metric with a value, the clusters' influences.
    /// - Returns: Nil where no router can be judged.
    /// - Throws: `cancelled`.
    func claims(
        of section: BoardSection,
        _ influences: [Int: [CurveMetric: [Double]]]
    ) throws(RouteGridError) -> SectionClaims? {
        let (margin, alpha) = (statistics.settings.margin, statistics.settings.alpha)
        let places = section.rows.indices.filter { section.rows[$0].isNameable && influences[$0] != nil }
        let hypotheses = places.flatMap { place in
            Self.metrics.compactMap { metric -> Hypothesis? in
                guard let value = section.rows[place].value(metric.rawValue), let own = influences[place]?[metric]
                else { return nil }
                return Hypothesis(place: place, metric: metric, estimate: value, influences: own)
            }
        }
        guard !hypotheses.isEmpty else { return nil }
        // The last row of influences is that of a number that never varies.
        let zero = [Double](repeating: 0, count: resamples.drawn.count)
        let test = StepDownTest(
            pairs: hypotheses.indices.map { StepDownTest.Pair($0, hypotheses.count) },
            differences: hypotheses.map { $0.estimate - Self.tested($0.metric, margin: margin) },
            influences: Matrix(
                rows: hypotheses.count + 1,
                columns: resamples.drawn.count,
                elements: hypotheses.flatMap(\.influences) + zero
            ),
            drawn: resamples.drawn,
            clusters: resamples.clusters,
            alpha: alpha,
            limit: Self.limit(hypotheses.count),
            isCancelled: { statistics.progress.isCancelled }
        )
        try statistics.progress.checkCancelled()
        let seeded = places.count { SeedVariance(splits: section.rows[$0].runs.map(\.splitIndex)) != nil }
        var bounds: [Int: [CurveMetric: SectionClaims.Bounds]] = [:]
        for (number, hypothesis) in hypotheses.enumerated() {
            let row = section.rows[hypothesis.place]
            let half =
                test.errors[number] > 0
                ? test.halfWidth(standardError: test.errors[number], alpha: alpha)
                : unseen(of: hypothesis.metric, row, among: hypotheses.count)
            guard var half else { continue }
            // One level for all rows with several seeds, as for the items.
            let seeds = row.seedHalfWidth(of: hypothesis.metric.rawValue, alpha: alpha / Double(max(seeded, 1)))
            if let seeds { half = (half * half + seeds * seeds).squareRoot() }
            bounds[hypothesis.place, default: [:]][hypothesis.metric] = SectionClaims.Bounds(
                estimate: hypothesis.estimate,
                low: hypothesis.estimate - half,
                high: hypothesis.estimate + half
            )
        }
        let claims = places.map { place in
            let own = bounds[place] ?? [:]
            return (place, SectionClaims.Claim(gain: own[.gain], gap: own[.qncGap], cost: own[.qncCost]))
        }
        return SectionClaims(
            claims: Dictionary(uniqueKeysWithValues: claims),
            unitCount: resamples.clusters.count,
            isByItem: resamples.isByItem,
            margin: margin,
            alpha: alpha
        )
    }

    /// Bounds need a quantile of the largest statistic and no p-values: 4,096 resamples know its level to 0.3 %.
    private static func limit(_ hypotheses: Int) -> ReplicateLimit {
        ReplicateLimit(most: min(16_384, max(4_096, 4_000_000 / max(hypotheses, 1))))
    }

    private static func tested(_ metric: CurveMetric, margin: Double) -> Double {
        switch metric {
        case .qncGap: -margin
        case .qncCost: 1
        default: 0
        }
    }

    /// Half the width where no item tells the two apart: so many of other items still may.
    ///
    /// An accuracy changes by 1 at most there; a cost by that of the dearest model over the best single one's.
    private func unseen(of metric: CurveMetric, _ row: BoardRow, among count: Int) -> Double? {
        let share = 1 - pow(statistics.settings.alpha / Double(2 * count), 1 / Double(max(resamples.clusters.count, 1)))
        guard metric == .qncCost else { return share }
        let reference = row.runs.lazy.compactMap { $0.reading?.records.first?.reference }.first
        guard let highest = reference?["c_hi"]?.numberValue, let best = reference?["c_best"]?.numberValue, best > 0
        else { return nil }
        return share * max(1, highest / best)
    }
}

extension BoardRow {
    /// Half the width that several seeds add; nil for a row without.
    fileprivate func seedHalfWidth(of metric: String, alpha: Double) -> Double? {
        guard let variance = SeedVariance(splits: runs.map(\.splitIndex)) else { return nil }
        let values = runs.compactMap { $0.metrics.number(metric) }
        return values.count == runs.count ? variance.halfWidth(values, alpha: alpha) : nil
    }
}
