/// How many resamples a test draws: more of them while a decision is near its critical value.
///
/// Drawn are 2,048 and then each time as many again, until no p-value is within four of its Monte Carlo standard errors
/// of α, or until the limit.
package struct ReplicateLimit: Hashable, Sendable {
    /// The most resamples, a multiple of 64.
    package let most: Int

    /// Resamples of the first look.
    static let first = 2_048
    /// Monte Carlo standard errors within which a p-value is near α.
    static let nearness = 4.0

    package init(most: Int) { self.most = max(64, most / 64 * 64) }

    /// The limit of a table: 200,000 as long as pairs × resamples are at most 2 · 10¹⁰ (200 rows), and at least 20,000.
    package init(rows: Int) {
        let pairs = max(1, rows * (rows - 1) / 2)
        self.init(most: min(200_000, max(20_000, 20_000_000_000 / pairs)))
    }

    /// Whether `exceeding` of `replicates` leaves open on which side of α the p-value is.
    static func isNear(exceeding: Int, of replicates: Int, alpha: Double) -> Bool {
        let share = Double(1 + exceeding) / Double(replicates + 1)
        return abs(share - alpha) <= nearness * (alpha * (1 - alpha) / Double(replicates)).squareRoot()
    }
}
