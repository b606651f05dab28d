/// What a grid must know about a metric of records without knowing its formula.
package struct MetricDescriptor: Hashable, Sendable {
    /// How much of a router one record's value speaks for.
    package enum Scope: Hashable, Sendable {
        /// One operating point: every record has a value of its own.
        case point
        /// A whole curve: only a record of budget `exact` holds all of it.
        case curve
        /// The router's own cost range: values of two routers do not compare.
        case ownRange
        /// Of mode `sound`: a board gives it where its statistics allow; a record has no value.
        case board
        /// A cost whose quality stands beside it: no router is better by it alone.
        case beside
    }

    /// The name in records, boards and grids.
    package let name: String
    package let isLargerBetter: Bool
    package let scope: Scope

    /// Every metric of a record, in the order of reports.
    package static let all: [MetricDescriptor] = [
        MetricDescriptor(name: "accuracy", isLargerBetter: true, scope: .point),
        MetricDescriptor(name: "mean_cost", isLargerBetter: false, scope: .point),
        MetricDescriptor(name: "nauc_own", isLargerBetter: true, scope: .ownRange),
        MetricDescriptor(name: "nauc_shared", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "ps", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "qnc", isLargerBetter: false, scope: .board),
        MetricDescriptor(name: "qnc_gap", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "qnc_cost", isLargerBetter: false, scope: .beside),
        MetricDescriptor(name: "cost_at_95", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "quality_at_95", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "cost_at_98", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "quality_at_98", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "cost_at_100", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "quality_at_100", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "regret", isLargerBetter: false, scope: .point),
        MetricDescriptor(name: "gain", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "apgr", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "cpt_20", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "pgr_at_20", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "cpt_50", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "pgr_at_50", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "cpt_80", isLargerBetter: false, scope: .curve),
        MetricDescriptor(name: "pgr_at_80", isLargerBetter: true, scope: .curve),
        MetricDescriptor(name: "rank_score", isLargerBetter: true, scope: .point),
    ]

    package static func named(_ name: String) -> MetricDescriptor? { all.first { $0.name == name } }
}
