/// One operating point, or all of them.
package enum Budget: Hashable, Sendable {
    /// Every operating point, found by one sort.
    case exact
    /// A multiple of the best single model's mean train cost (`0.5x`).
    case relative(Double)
    /// An amount in the dataset's cost unit, or λ: see ``RuleDescriptor/Budgets``.
    case amount(Double)
}
