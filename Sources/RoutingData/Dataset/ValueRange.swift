package import RouteGridBase

/// A stated range of numbers at or above 0, checked wherever data come in.
///
/// Within these ranges no sum, product or quotient of an evaluation overflows or loses all of its digits: in float64
/// with squares of costs, in float32 with costs in units of the dearest one.
package struct ValueRange: Sendable {
    /// The least number above 0.
    package let least: Double
    package let most: Double

    /// A cost in any unit: USD, MAC, J, ….
    package static let cost = ValueRange(least: 1e-18, most: 1e18)
    /// A count of tokens of one answer; a mean of several need not be whole.
    package static let tokens = ValueRange(least: 1e-6, most: 1e12)
    /// Seconds of an answer.
    package static let latency = ValueRange(least: 1e-9, most: 1e9)
    /// The standard deviation of scores.
    package static let deviation = ValueRange(least: 1e-18, most: 1)
    /// USD for a million tokens; what is below is most likely a price of one token.
    package static let price = ValueRange(least: 1e-4, most: 1e6)
    /// USD for a request.
    package static let request = ValueRange(least: 1e-9, most: 1e6)

    /// Whether a number is in the range; NaN is not.
    package func contains(_ value: Double) -> Bool { value == 0 || value >= least && value <= most }

    /// `0, or 1e-18 to 1e+18`.
    package var words: String { "0, or \(JSONValue.shortestText(least)) to \(JSONValue.shortestText(most))" }
}

/// What a dataset counts costs in.
package enum CostUnit {
    /// The unit as datasets name it: `usd`, `$` and the like are `USD`.
    ///
    /// - Throws: `usage` when the text is empty, longer than 32 bytes or has characters that cannot be seen.
    package static func checked(_ text: String) throws(RouteGridError) -> String {
        let unit = text.withoutOuterBlanks
        if let problem = problem(unit) {
            throw RouteGridError(.usage, "a cost unit \(problem): expected USD, MAC, J, …")
        }
        return ["$", "usd", "us$", "dollar", "dollars", "us dollar", "us dollars"].contains(unit.lowercased())
            ? "USD" : unit
    }

    static func problem(_ unit: String) -> String? {
        unit.utf8.count > 32 ? "is longer than 32 bytes" : NameRule.problem(unit)
    }
}
