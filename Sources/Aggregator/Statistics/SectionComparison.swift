package import Scoring

/// How the competitors of a section compare on its ranking metric.
package struct SectionComparison: Sendable {
    /// Of the competitors, in the order of ``rows``.
    package let result: PairedComparison
    /// The places of the competitors among the section's rows, the best first.
    package let rows: [Int]
    package let metric: String

    init(_ result: PairedComparison, rows: [Int], metric: String) {
        (self.result, self.rows, self.metric) = (result, rows, metric)
    }

    /// Resamples that ranks and p-values were counted on.
    package var replicates: Int { result.replicates }
    /// Pairs of competitors.
    package var pairCount: Int { rows.count * (rows.count - 1) / 2 }
}
