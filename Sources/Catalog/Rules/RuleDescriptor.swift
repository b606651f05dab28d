/// What must be known about a budget rule without knowing its sweep.
package struct RuleDescriptor: Hashable, Sendable {
    /// What the numbers of `at` are.
    package enum Budgets: Hashable, Sendable {
        /// Costs: an amount, a multiple such as `0.5x`, or dollars; the larger, the more may be spent.
        case costs
        /// Prices λ of a unit of cost; the larger, the less is spent.
        case penalties
        /// λ that the labels of a fit are made with: each fit has one point.
        case labels
    }

    package let budgets: Budgets
    /// The member of a record's point that holds its budget.
    package let point: String
    /// Members of a grid's entry besides `rule` and `at`.
    package let options: [String]
    /// Grows whenever results under the rule change; part of every key.
    package let revision: Int

    init(budgets: Budgets, point: String, options: [String] = [], revision: Int) {
        (self.budgets, self.point, self.options, self.revision) = (budgets, point, options, revision)
    }
}
