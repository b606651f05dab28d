/// Which rules a grid plays by; a board never mixes them.
package enum EvaluationMode: String, Hashable, Sendable, CaseIterable {
    /// What the peer's released code does, quirks and all.
    case compat
    /// What is right: no label of the test part is ever seen.
    case sound

    /// The quality from which an answer counts as correct where it is or is not: 1 in `compat` (the peer truncates
    /// scores to whole numbers), 0.5 in `sound`.
    package var correctFrom: Double { self == .compat ? 1 : 0.5 }
}

/// Which embeddings a router reads.
package enum Modality: String, Hashable, Sendable, CaseIterable { case text, image, both }

/// Which part of a split a cell is evaluated on.
package enum EvaluationPart: String, Hashable, Sendable, CaseIterable { case dev, test }

/// How a budget turns predictions into choices.
package enum BudgetRule: String, Hashable, Sendable, CaseIterable {
    /// The best predicted quality among the models whose predicted cost of the query is at most the budget.
    case threshold
    /// argmax of predicted quality − λ · predicted cost ÷ c_hi.
    case penalty
    /// One fit per λ; no budget at inference.
    case softLabel = "soft-label"
}

/// One operating point, or all of them.
package enum Budget: Hashable, Sendable {
    /// Every operating point, found by one sort.
    case exact
    /// A multiple of the best single model's mean train cost (`0.5x`).
    case relative(Double)
    /// An amount in the dataset's cost unit (rule `threshold`), or λ (rules `penalty`, `soft-label`).
    case amount(Double)
}
