package import Catalog
import Foundation
import Grid
package import RouteGridBase
package import RoutingData
package import Scoring

/// Two rows, of one board or of two: every difference is the first row's number less the second's.
package struct RowComparison: Sendable {
    package static let schema = "routegrid/comparison/v1"
    /// Resamples of the percentile intervals.
    package static let replicates = 4_000

    /// One of the two.
    package struct Side: Sendable {
        package let name: RowNames.Entry
        package let row: BoardRow
    }

    /// A metric of both.
    package struct MetricDifference: Sendable {
        package let metric: CurveMetric
        package let first: Double
        package let second: Double
        /// Over items, and over seeds where there are several; nil where nothing was resampled together.
        package let interval: Interval?
        package let standardError: Double?
        /// Of the multiplier bootstrap, for this metric alone.
        package let pValue: Double?
        package var value: Double { first - second }
    }

    package let first: Side
    package let second: Side
    package let metrics: [MetricDifference]
    package private(set) var equalBudget: EqualBudget?
    /// Why the rows were not resampled together.
    package let remark: String?
    package let alpha: Double
    /// What is drawn: items, or clusters of them.
    package let clusterCount: Int
    package let isByItem: Bool
    package let costUnit: String?

    /// What is compared when nothing else is asked for.
    package static let usual: [CurveMetric] = [
        .naucShared, .ps, .accuracy, .meanCost, .gain, .qncGap, .qncCost, .costAt98, .qualityAt98, .regret,
    ]

    /// - Parameters:
    ///   - first: A board and the name of a row on it.
    ///   - second: The other.
    ///   - metrics: Those that both rows have a value of are compared; nil: the usual ones.
    ///   - budget: See ``EqualBudget``.
    ///   - replicates: How many resamples the intervals are of.
    /// - Throws: `usage` when a name is of no row or of several; `checkFailed` when a blob is damaged.
    package init(
        _ first: (board: RecordedBoard, row: String),
        _ second: (board: RecordedBoard, row: String),
        metrics: [CurveMetric]? = nil,
        budget: Double? = nil,
        replicates: Int = RowComparison.replicates
    ) throws(RouteGridError) {
        let names = [
            try RowNames(first.board.board).find(first.row, on: first.board.path),
            try RowNames(second.board.board).find(second.row, on: second.board.path),
        ]
        let boards = [first.board, second.board]
        let sides = zip(names, boards).map { Side(name: $0, row: $1.board.row($0)) }
        (self.first, self.second) = (sides[0], sides[1])
        let settings = first.board.settings.stricter(second.board.settings)
        alpha = settings.alpha
        costUnit = sides[0].row.costUnit == sides[1].row.costUnit ? sides[0].row.costUnit : nil
        let asked = (metrics ?? RowComparison.usual).filter { metric in
            sides.allSatisfy { $0.row.value(metric.rawValue) != nil }
        }
        var (found, equal): ([MetricDifference], EqualBudget?) = ([], nil)
        var (clusters, isByItem, remark): (Int, Bool, String?) = (0, false, nil)
        do {
            let tables = zip(names, boards).map { name, board in
                PairedSections.Side(
                    board.board.sections[name.section],
                    of: board,
                    settings: settings,
                    bootstrap: replicates
                )
            }
            let pair = try PairedSections(tables[0], tables[1])
            found = try pair.differences(asked, sides.map(\.row), alpha: settings.alpha)
            equal = try EqualBudget(pair, sides.map(\.row), budget: budget, alpha: settings.alpha)
            (clusters, isByItem) = (pair.clusters.count, pair.resamples.allSatisfy(\.isByItem))
        } catch {
            remark = try BoardChanges.words(error)
            (clusters, isByItem, equal) = (0, false, nil)
            found = asked.map { metric in
                let estimate = PairedEstimate(metric.rawValue, sides[1].row, sides[0].row, alpha: settings.alpha)
                return MetricDifference(
                    metric: metric,
                    first: sides[0].row.value(metric.rawValue) ?? 0,
                    second: sides[1].row.value(metric.rawValue) ?? 0,
                    interval: estimate?.interval(alpha: settings.alpha),
                    standardError: estimate?.standardError,
                    pValue: nil
                )
            }
        }
        (self.metrics, equalBudget, self.remark) = (found, equal, remark)
        (clusterCount, self.isByItem) = (clusters, isByItem)
    }

    /// Adds the questions of the items, as far as a dataset has them.
    package mutating func add(questionsOf dataset: Dataset) {
        var questions: [String: String] = [:]
        for sample in dataset.samples where !sample.question.isEmpty { questions[sample.sample.id] = sample.question }
        for place in (equalBudget?.items ?? []).indices {
            guard let known = equalBudget?.items[place], let question = questions[known.sample.id] else { continue }
            equalBudget?.items[place].question = question
        }
    }
}

extension PairedSections {
    /// Differences of some metrics of two rows, the first's less the second's.
    ///
    /// - Throws: ``Absence`` when a row cannot be resampled; `checkFailed` when a blob is damaged.
    fileprivate func differences(
        _ metrics: [CurveMetric],
        _ rows: [BoardRow],
        alpha: Double
    ) throws -> [RowComparison.MetricDifference] {
        let known = metrics.filter { metric in sides.allSatisfy { $0.hasIntervals(metric) } }
        let found = try zip(rows, 0...).map { row, side in
            guard !row.isIncomplete else { throw Absence(why: "a row lacks records") }
            return try resamples[side].resampled(
                row,
                metrics: known,
                influenced: known,
                blobs: sides[side].statistics.blobs
            )
        }
        return metrics.map { metric in
            let (a, b) = (rows[0].value(metric.rawValue) ?? 0, rows[1].value(metric.rawValue) ?? 0)
            guard let place = known.firstIndex(of: metric) else {
                return RowComparison.MetricDifference(
                    metric: metric,
                    first: a,
                    second: b,
                    interval: nil,
                    standardError: nil,
                    pValue: nil
                )
            }
            let test = StepDownTest(
                pairs: [StepDownTest.Pair(0, 1)],
                differences: [a - b],
                influences: Matrix(
                    rows: 2,
                    columns: drawn.count,
                    elements: found[0].influences[place] + found[1].influences[place]
                ),
                drawn: drawn,
                clusters: clusters,
                alpha: alpha,
                limit: ReplicateLimit(rows: 2)
            )
            let seeds = SeedVariance.error(rows[0], rows[1], of: metric.rawValue)
            let replicates = zip(found[0].values.row(place), found[1].values.row(place)).map { $0 - $1 }
            var interval = Interval.percentile(replicates, alpha: alpha)
            if let ends = interval, seeds.error > 0 {
                let half = StudentDistribution.halfWidth(level: 1 - alpha, degrees: seeds.degrees) * seeds.error
                func wider(_ end: Double) -> Double { ((end - (a - b)) * (end - (a - b)) + half * half).squareRoot() }
                interval = Interval(low: a - b - wider(ends.low), high: a - b + wider(ends.high))
            }
            let error = (test.errors[0] * test.errors[0] + seeds.error * seeds.error).squareRoot()
            return RowComparison.MetricDifference(
                metric: metric,
                first: a,
                second: b,
                interval: interval,
                standardError: error,
                pValue: test.pValues[0]
            )
        }
    }
}
