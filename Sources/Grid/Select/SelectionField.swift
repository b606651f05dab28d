/// What `select.per` may keep apart.
///
/// Conditions (`dataset` … `rule`) are what a configuration is judged under: one that is not named is averaged over, as
/// seeds, λ and budgets always are. Seeds and indices of a split are averaged over only where they share one test part
/// (see `Split.sharing(of:)`); elsewhere the choice is made for each by itself, whatever is named. The others make a
/// configuration up: where one is not named, its values compete.
package enum SelectionField: String, CaseIterable, Hashable, Sendable {
    case dataset
    /// The pool of models.
    case models
    /// The kind of a split with its parameters; its seeds and indices are repetitions.
    case split
    /// Also each seed and index of a split, where they share one test part too.
    case splitIndex = "split.index"
    /// The budget rule.
    case rule
    case routerKind = "router.kind"
    /// The kind with every parameter.
    case router
    /// Train and test modality.
    case modality
    case encoder
    case fusion

    package static let names = allCases.map(\.rawValue)
}
