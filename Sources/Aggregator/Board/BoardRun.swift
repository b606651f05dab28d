package import RouteGridBase
import Scoring

/// One curve behind a row: one seed on one split, from a single record or from several that differ in their budget
/// alone.
package struct BoardRun: Sendable {
    /// The records' job, with `budget` as the list of the joined budgets where there are several.
    package private(set) var job: JSONValue
    /// Nil for a router that draws no random number.
    package let seed: Int?
    package let splitIndex: Int
    /// In key order; empty when there is none.
    package let jobKeys: [JobKey]
    package let fitKeys: [FitKey]
    package let itemCount: Int?
    package let missingCount: Int
    package let points: [CurvePoint]
    /// Each `{"v": number}` or `{"v": null, "why": text}`.
    package internal(set) var metrics: [String: JSONValue]
    /// How the metrics were read off the records' choices; nil when these do not make one curve.
    let reading: CurveReading?
    /// Whether every job of the run has a record.
    let isComplete: Bool
    /// Whether some record spends more than its budget allows.
    let isOverBudget: Bool
    /// Whether a model of the pool answered too little of train to be a reference.
    let hasLowCoverage: Bool

    package var hasRecord: Bool { !jobKeys.isEmpty }

    /// The run under the board's names.
    func named(_ names: BoardNames) -> BoardRun {
        var run = self
        run.job = names.named(job)
        return run
    }

    /// By split, then by seed: the order of everything that is summed over runs.
    static func precedes(_ left: BoardRun, _ right: BoardRun) -> Bool {
        (left.splitIndex, left.seed ?? -1) < (right.splitIndex, right.seed ?? -1)
    }
}

/// Where a curve's metrics were read: what recomputing them on resamples needs.
struct CurveReading: Sendable {
    /// In the order of the curve's points: one record with all points, or one record a point.
    let records: [ScoredRecord]
    let picks: CurvePicks
}
