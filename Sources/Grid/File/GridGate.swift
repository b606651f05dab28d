import Catalog
import RouteGridBase

/// When a night is worse than its reference: a rule of `gate`, in a grid or in a file of its own.
///
/// No part of a lock: gates change no key.
package struct GridGate: Hashable, Sendable {
    /// Nil: what the table is ordered by.
    package var metric: String?
    /// A router's kind, or the name of a row; nil: every router.
    package var router: String?
    /// Nil: every dataset.
    package var dataset: String?
    /// Smaller drops are no regression, however sure.
    package var drop: Double

    package init(metric: String? = nil, router: String? = nil, dataset: String? = nil, drop: Double = 0) {
        (self.metric, self.router, self.dataset, self.drop) = (metric, router, dataset, drop)
    }

    /// `{metric: nauc_shared, router: knn, dataset: mathvision, drop: 0.01}`, or a list of such.
    static func read(_ node: GridNode?) throws(RouteGridError) -> [GridGate] {
        guard let node else { return [] }
        return try node.nonEmptyElements(of: "gates").mapThrowing { node throws(RouteGridError) in
            let entry = try GridMapping(
                node,
                of: "{metric: …, router: …, dataset: …, drop: …}",
                keys: ["metric", "router", "dataset", "drop"]
            )
            var gate = GridGate()
            if let node = entry["metric"] {
                let name = try node.text("a metric's name")
                let known = MetricDescriptor.all.map(\.name)
                guard MetricDescriptor.named(name) != nil else {
                    throw node.failure("unknown metric \"\(name)\"\(NearestName.hint(name, in: known))")
                }
                gate.metric = name
            }
            if let node = entry["router"] { gate.router = try node.text("a router's kind or a row's name") }
            if let node = entry["dataset"] { gate.dataset = try node.text("a dataset's name") }
            if let node = entry["drop"] { gate.drop = try node.number(0...1e9) }
            return gate
        }
    }
}
