import Foundation

/// Whether two choosers are right equally often, by the items on which one of them is right and the other is not.
package enum McNemarTest {
    /// The two-sided p-value, exact: of the binomial distribution with probability one half.
    ///
    /// - Parameters:
    ///   - onlyFirst: Items on which the first alone is right.
    ///   - onlySecond: Items on which the second alone is.
    /// - Returns: 1 where both are equal.
    /// - Reference: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    ///   percentages", Psychometrika 12, 153–157, 1947.
    package static func pValue(onlyFirst: Int, onlySecond: Int) -> Double {
        let (count, least) = (onlyFirst + onlySecond, min(onlyFirst, onlySecond))
        guard onlyFirst != onlySecond else { return 1 }
        // From the largest term down, so that nothing underflows.
        var term = exp(
            lgamma(Double(count + 1)) - lgamma(Double(least + 1)) - lgamma(Double(count - least + 1))
                - Double(count) * log(2.0)
        )
        // The first term is a power of two that doubles hold, and the others are whole multiples of it: no logarithm.
        if count < 1_000 {
            term = 0x1p-1 * pow(0.5, Double(count - 1))
            for place in 0..<least { term *= Double(count - place) / Double(place + 1) }
        }
        var sum = 0.0
        for place in stride(from: least, through: 0, by: -1) {
            sum += term
            term *= Double(place) / Double(count - place + 1)
        }
        return min(1, 2 * sum)
    }
}
