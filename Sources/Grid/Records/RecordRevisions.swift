import Catalog
package import RouteGridBase
import RoutingData

/// The revisions that a record was made under, and how they differ from this build's.
package struct RecordRevisions: Hashable, Sendable {
    /// Such as `metrics`, `rule threshold`, `split random`, `router knn`, `fusion mean`.
    package struct Difference: Hashable, Sendable {
        package let name: String
        package let recorded: Int
        package let own: Int

        /// `metrics revision 1 (now 2)`.
        package var words: String { "\(name) revision \(recorded) (now \(own))" }
    }

    /// In a fixed order.
    package let differences: [Difference]
    /// Whether its values may stand beside those of this build: its metrics, rule and split are this build's.
    package let isComparable: Bool

    /// - Parameter job: a record's `job`. Records from before jobs named revisions are of the metrics' first.
    package init(job: JSONValue) {
        let recorded = job["revisions"]
        var differences: [Difference] = []
        func compare(_ member: String, _ name: String, own: Int?, absent: Int? = nil) {
            guard let found = recorded?[member]?.integerValue ?? absent, let own, found != own else { return }
            differences.append(Difference(name: name, recorded: found, own: own))
        }
        compare("metrics", "metrics", own: CurveMetric.revision, absent: 1)
        let rule = job["rule"]?.stringValue ?? ""
        compare("rule", "rule \(rule)", own: BudgetRule(rawValue: rule)?.descriptor.revision)
        let split = job["split"]?["kind"]?.stringValue ?? ""
        compare("split", "split \(split)", own: Split.revisions[split])
        isComparable = differences.isEmpty
        let router = job["router"]?["kind"]?.stringValue ?? ""
        compare(
            "router",
            "router \(router)",
            own: RouterCatalog.descriptors.first { $0.kind == router }?.revision
        )
        let fusion = job["fusion"]?["kind"]?.stringValue ?? ""
        compare(
            "fusion",
            "fusion \(fusion)",
            own: FusionCatalog.descriptors.first { $0.kind == fusion }?.revision
        )
        self.differences = differences
    }

    /// `metrics revision 1 (now 2), router knn revision 1 (now 2)`; empty when all are this build's.
    package var words: String { differences.map(\.words).joined(separator: ", ") }
}
