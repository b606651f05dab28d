/// Revisions of what every key names besides routers and fusions: a number grows whenever the results change.
package enum Revisions {
    /// The version of the identity itself: member `v` of every key.
    package static let identity = 1
    /// The set of metrics that a record carries.
    package static let metrics = 3

    /// The revision of a budget rule.
    package static func rule(_ rule: BudgetRule) -> Int {
        switch rule {
        case .threshold: 2
        case .penalty: 2
        case .softLabel: 2
        }
    }

    /// The rules that grids may name: those the core evaluates.
    package static let availableRules: [BudgetRule] = [.threshold, .penalty, .softLabel]
}
