/// How a budget turns predictions into choices: the rules that a grid may name.
package enum BudgetRule: String, Hashable, Sendable, CaseIterable {
    /// The best predicted quality among the models whose predicted cost of the query is at most the budget.
    case threshold
    /// argmax of predicted quality − λ · predicted cost ÷ c_hi.
    case penalty
    /// One fit per λ; no budget at inference.
    case softLabel = "soft-label"

    /// What grids, evaluations and boards know about the rule.
    package var descriptor: RuleDescriptor {
        switch self {
        case .threshold: Self.costs
        case .penalty: Self.prices
        case .softLabel: Self.labels
        }
    }

    private static let costs = RuleDescriptor(budgets: .costs, point: "threshold", revision: 2)
    private static let prices = RuleDescriptor(budgets: .penalties, point: "lambda", options: ["raw"], revision: 2)
    private static let labels = RuleDescriptor(
        budgets: .labels,
        point: "lambda",
        options: ["scale", "scheme"],
        revision: 2
    )

    /// The rules of routers that predict quality and cost.
    package static let ofPredictions = Set(allCases.filter { $0.descriptor.budgets != .labels })
    /// The rule with a member of grids that others lack.
    package static func first(with option: String) -> BudgetRule? {
        allCases.first { $0.descriptor.options.contains(option) }
    }
}
