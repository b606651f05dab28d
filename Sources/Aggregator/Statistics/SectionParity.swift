import Catalog
import Foundation
import Grid
import RouteGridBase
import RoutingData
import Scoring

/// QNC on a board of mode `sound`: a cost share is given only where the quality at its point is shown to be neutral.
///
/// The point is picked on dev (``CurvePicks/parity``); on test it may be far below the best single model. Neutral
/// is shown when the interval of the accuracy's difference to the best single model, simultaneous over the rows of
/// the table, has its lower end above −margin.
struct SectionParity {
    let statistics: BoardStatistics
    let resamples: SectionResamples

    /// Sets `qnc`, and the interval of `qnc_gap`, of some rows.
    ///
    /// - Parameters:
    ///   - section: The table.
    ///   - influences: Of each place of a row with a value of `qnc_gap`, the clusters' influences on it.
    /// - Throws: `cancelled`.
    func apply(to section: inout BoardSection, _ influences: [Int: [Double]]) throws(RouteGridError) {
        let places = influences.keys.sorted()
        let gaps = places.map { section.rows[$0].value(CurveMetric.qncGap.rawValue) ?? 0 }
        guard !places.isEmpty else { return }
        let (margin, alpha) = (statistics.settings.margin, statistics.settings.alpha)
        let zero = [Double](repeating: 0, count: resamples.drawn.count)
        // The hypotheses that resamples are added for: that a gap is the margin.
        let test = StepDownTest(
            pairs: places.indices.map { StepDownTest.Pair($0, places.count) },
            differences: gaps.map { $0 + margin },
            influences: Matrix(
                rows: places.count + 1,
                columns: resamples.drawn.count,
                elements: places.flatMap { influences[$0] ?? zero } + zero
            ),
            drawn: resamples.drawn,
            clusters: resamples.clusters,
            alpha: alpha,
            limit: ReplicateLimit(rows: places.count),
            isCancelled: { statistics.progress.isCancelled }
        )
        try statistics.progress.checkCancelled()
        for (number, place) in places.enumerated() {
            var half = test.halfWidth(standardError: test.errors[number], alpha: alpha)
            if test.errors[number] == 0, section.rows[place].routerKind != "best-single" {
                // No item told the two apart: so many of other items still may.
                half = 1 - pow(alpha / 2, 1 / Double(max(resamples.clusters.count, 1)))
            }
            section.rows[place].setParity(gap: gaps[number], half: half, margin: margin, alpha: alpha)
        }
    }
}

extension BoardRow {
    fileprivate mutating func setParity(gap: Double, half: Double?, margin: Double, alpha: Double) {
        let (gapName, costName) = (CurveMetric.qncGap.rawValue, CurveMetric.qncCost.rawValue)
        var interval = half.map { (low: max(-1, gap - $0), high: min(1, gap + $0)) }
        if let json = metrics[gapName] {
            metrics[gapName] =
                json.with("lo", interval.map { .double($0.low) }).with("hi", interval.map { .double($0.high) })
        }
        // Where there are several seeds the claim is of the router as it would be trained again.
        interval = seedInterval(of: gapName, alpha: alpha) ?? interval
        let bounds = interval.map { String(format: "%+.4f to %+.4f", $0.low, $0.high) } ?? "no interval"
        let found =
            "test accuracy less the best single model's is \(bounds), the margin \(JSONValue.shortestText(-margin))"
        if let interval, interval.low > -margin {
            metrics[CurveMetric.qnc.rawValue] = metrics[costName]
        } else if let interval, interval.high < -margin {
            metrics[CurveMetric.qnc.rawValue] = ["v": .null, "why": .string("not neutral: \(found)")]
        } else {
            metrics[CurveMetric.qnc.rawValue] = ["v": .null, "why": .string("unresolved: \(found)")]
        }
    }
}
