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

    /// Where on a curve the value is read: at a point that dev picks, or off the whole curve.
    package enum Reading: Hashable, Sendable {
        /// The point of the largest budget.
        case largest
        /// The best point of dev.
        case peak
        /// The cheapest point that reaches the best single model.
        case parity
        /// The cheapest point that keeps a share of the best single model's accuracy.
        case kept(share: Double)
        /// Where a share of the gap between cheapest and best single model is recovered.
        case crossing(share: Double)
        case curve
    }

    /// Which numbers the values are.
    package enum Values: Hashable, Sendable {
        /// 0…1.
        case share
        /// Of two such, with its sign.
        case difference
        /// Of two amounts: about 1, without an upper end.
        case ratio
        /// An amount in the dataset's cost unit.
        case cost
    }

    /// The name in records, boards and grids.
    package let name: String
    /// The heading of its column.
    package let title: String
    package let isLargerBetter: Bool
    package let scope: Scope
    package let reading: Reading
    package let values: Values
    /// One line for the legend and for `routegrid metrics`.
    package let summary: String
    /// The paper or code that defines it.
    package let source: String

    init(
        _ name: String,
        _ title: String,
        isLargerBetter: Bool,
        _ scope: Scope,
        _ reading: Reading,
        _ values: Values,
        source: String,
        _ summary: String
    ) {
        (self.name, self.title, self.isLargerBetter, self.scope) = (name, title, isLargerBetter, scope)
        (self.reading, self.values, self.source, self.summary) = (reading, values, source, summary)
    }

    /// Every metric of a record, in the order of reports.
    package static let all: [MetricDescriptor] = CurveMetric.allCases.map(\.descriptor)

    package static func named(_ name: String) -> MetricDescriptor? { CurveMetric(rawValue: name)?.descriptor }
}
