/// A node on which jobs end before their workers greet.
package struct SickNode: Hashable, Sendable {
    /// Such jobs in a row.
    package var failures: Int
    /// It is left out of submissions until then, by the allocator's clock.
    package var until: Double
    /// Where to look.
    package var reason: String

    package init(failures: Int, until: Double, reason: String) {
        self.failures = failures
        self.until = until
        self.reason = reason
    }
}
