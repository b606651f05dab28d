package import RouteGridBase

/// A metric's value, or the reason why it has none.
package enum MetricValue: Hashable, Sendable {
    case value(Double)
    case absent(why: String)

    /// The value; nil when absent.
    package var number: Double? {
        guard case .value(let number) = self else { return nil }
        return number
    }

    /// The value when it is finite; otherwise absent for the reason given.
    package static func finite(_ number: Double, otherwise why: String) -> MetricValue {
        number.isFinite ? .value(number) : .absent(why: why)
    }

    /// `{"v": …}`, or `{"v": null, "why": …}`.
    package var json: JSONValue {
        switch self {
        case .value(let number): ["v": .double(number)]
        case .absent(let why): ["v": .null, "why": .string(why)]
        }
    }
}
