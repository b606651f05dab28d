package import Catalog
package import RouteGridBase

/// One entry of a grid file's list of exclusions.
///
/// A cell that matches every field given is left out. A field with several values matches any.
/// A field about an axis that a router does not read never matches that router.
package struct ExcludeClause: Hashable, Sendable {
    /// A modality pair, each side nil for any.
    package struct ModalityPattern: Hashable, Sendable {
        package var train: Modality?
        package var test: Modality?
    }

    /// A router kind with the parameter values that match; a parameter that is not named matches any value.
    package struct RouterPattern: Hashable, Sendable {
        package var kind: String
        package var parameters: [String: [JSONValue]]
    }

    package var datasets: [String]?
    /// Pools by their label.
    package var models: [String]?
    package var encoders: [EncoderPair]?
    /// Split kinds.
    package var splits: [String]?
    package var splitIndices: [Int]?
    package var modalities: [ModalityPattern]?
    /// Fusion kinds.
    package var fusions: [String]?
    package var router: RouterPattern?
    package var seeds: [Int]?
    package var budgets: [Budget]?

    package init() {}

    /// The values of all fields.
    var valueCount: Int {
        let lists = [
            datasets?.count, models?.count, encoders?.count, splits?.count, splitIndices?.count, modalities?.count,
            fusions?.count, seeds?.count, budgets?.count,
        ]
        return lists.reduce(1) { $0 + ($1 ?? 0) } + (router?.parameters.values.reduce(0) { $0 + $1.count } ?? 0)
    }

    /// At most this many clauses: a clause is one bit of a word.
    package static let limit = 64
}
