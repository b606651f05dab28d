package import RouteGridBase
import Scoring

/// One curve behind a row: one seed on one split, from a single record or from several that differ in their budget
/// alone.
package struct BoardRun: Sendable {
    /// The records' job, with `budget` as the list of the joined budgets where there are several.
    package private(set) var job: RunJob
    /// In key order; empty when there is none.
    let records: [ScoredRecord]
    package let points: [CurvePoint]
    package internal(set) var metrics: MetricReadings
    /// How the metrics were read off the records' choices; nil when these do not make one curve.
    let reading: CurveReading?
    /// Whether every job of the run has a record.
    let isComplete: Bool

    /// Nil for a router that draws no random number.
    package var seed: Int? { job.seed }
    package var splitIndex: Int { job.splitIndex ?? 0 }
    /// In key order; empty when there is none.
    package var jobKeys: [JobKey] { records.map(\.jobKey) }
    package var fitKeys: [FitKey] { Set(records.map(\.fitKey)).sorted() }
    package var itemCount: Int? { records.first?.itemCount }
    package var missingCount: Int { records.first?.missingCount ?? 0 }
    /// Whether some record spends more than its budget allows.
    var isOverBudget: Bool { records.contains(where: \.isOverBudget) }
    /// Whether a model of the pool answered too little of train to be a reference.
    var hasLowCoverage: Bool { records.contains(where: \.hasLowCoverage) }

    package var hasRecord: Bool { !records.isEmpty }

    /// The run under other names.
    func framed(_ frame: JobFrame) -> BoardRun {
        var run = self
        run.job = job.framed(frame)
        return run
    }

    /// By split, then by seed: the order of everything that is summed over runs.
    static func precedes(_ left: BoardRun, _ right: BoardRun) -> Bool {
        (left.splitIndex, left.seed ?? -1) < (right.splitIndex, right.seed ?? -1)
    }
}

/// Where a curve's metrics were read: what recomputing them on resamples needs.
final class CurveReading: Sendable {
    /// In the order of the curve's points: one record with all points, or one record a point.
    let records: [ScoredRecord]
    let picks: CurvePicks

    init(records: [ScoredRecord], picks: CurvePicks) { (self.records, self.picks) = (records, picks) }
}
