/// What a grid and a board must know about a metric of records without knowing its formula.
package struct MetricDescriptor: Hashable, Sendable {
    /// How much of a router one record's value speaks for.
    package enum Scope: String, Hashable, Sendable {
        /// One operating point: every record has a value of its own.
        case point
        /// A whole curve: only a record of budget `exact` holds all of it.
        case curve
        /// The router's own cost range: values of two routers do not compare.
        case ownRange = "own-range"
        /// Of mode `sound`: a board gives it where its statistics allow; a record has no value.
        case board
        /// A cost whose quality stands beside it: no router is better by it alone.
        case beside
    }

    /// The name in records, boards and grids.
    package let name: String
    /// The heading of its column.
    package let title: String
    package let isLargerBetter: Bool
    package let scope: Scope
    /// One line for the legend and for `routegrid metrics`.
    package let summary: String
    /// The paper or code that defines it.
    package let source: String

    init(
        _ name: String,
        _ title: String,
        isLargerBetter: Bool,
        scope: Scope,
        source: String,
        _ summary: String
    ) {
        (self.name, self.title, self.isLargerBetter, self.scope) = (name, title, isLargerBetter, scope)
        (self.source, self.summary) = (source, summary)
    }

    /// Every metric of a record, in the order of reports.
    package static let all: [MetricDescriptor] = CurveMetric.allCases.map(\.descriptor)

    package static func named(_ name: String) -> MetricDescriptor? { CurveMetric(rawValue: name)?.descriptor }
}
