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
