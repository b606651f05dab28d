import Foundation

/// A confidence interval.
package struct Interval: Hashable, Sendable {
    package var low: Double
    package var high: Double

    package init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// Wilson's score interval of a proportion: for accuracies near 0 or 1, where a bootstrap degenerates to a point.
    ///
    /// - Parameters:
    ///   - proportion: 0…1, the mean of n outcomes in 0…1. For fractional outcomes the interval is conservative.
    ///   - count: n, positive.
    ///   - alpha: one minus the level, such as 0.05.
    /// - Returns: the interval, inside 0…1.
    /// - Reference: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    ///   the American Statistical Association 22, 209–212, 1927.
    package static func wilson(_ proportion: Double, of count: Int, alpha: Double) -> Interval {
        precondition(count > 0, "a proportion of nothing")
        let n = Double(count)
        let z = NormalDistribution.quantile(1 - alpha / 2)
        let denominator = 1 + z * z / n
        let centre = (proportion + z * z / (2 * n)) / denominator
        let half = z / denominator * (proportion * (1 - proportion) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(low: max(0, centre - half), high: min(1, centre + half))
    }

    /// The percentile interval of bootstrap replicates.
    ///
    /// - Parameters:
    ///   - replicates: NaN where the metric had no value.
    ///   - alpha: one minus the level.
    /// - Returns: nil when there is no replicate, or when the metric has no value on more than one in twenty.
    package static func percentile(_ replicates: some Sequence<Double>, alpha: Double) -> Interval? {
        var known: [Double] = []
        var count = 0
        for value in replicates {
            count += 1
            if !value.isNaN { known.append(value) }
        }
        guard !known.isEmpty, (count - known.count) * 20 <= count else { return nil }
        return known.withUnsafeMutableBufferPointer { values in
            Interval(low: quantile(&values, alpha / 2), high: quantile(&values, 1 - alpha / 2))
        }
    }

    /// The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan); reorders the values.
    private static func quantile(_ values: inout UnsafeMutableBufferPointer<Double>, _ level: Double) -> Double {
        let place = level * Double(values.count - 1)
        let below = Int(place.rounded(.down))
        let low = selected(below, of: &values)
        guard below + 1 < values.count else { return low }
        // All behind `below` are at least as large.
        var next = values[below + 1]
        for index in below + 1..<values.count { next = min(next, values[index]) }
        return low + (place - Double(below)) * (next - low)
    }

    /// The value with `place` values before it in rising order; puts it there, none larger before and none smaller
    /// behind.
    ///
    /// - Reference: C. A. R. Hoare, "Algorithm 65: Find", Communications of the ACM 4(7), 321–322, 1961.
    private static func selected(_ place: Int, of values: inout UnsafeMutableBufferPointer<Double>) -> Double {
        var (left, right) = (0, values.count - 1)
        while left < right {
            let pivot = values[(left + right) / 2]
            var (low, high) = (left, right)
            while low <= high {
                while values[low] < pivot { low += 1 }
                while values[high] > pivot { high -= 1 }
                guard low <= high else { break }
                values.swapAt(low, high)
                low += 1
                high -= 1
            }
            if place <= high { right = high } else if place >= low { left = low } else { break }
        }
        return values[place]
    }
}

/// The standard normal distribution.
package enum NormalDistribution {
    /// P(Z ≤ z).
    package static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

    /// The z with P(Z ≤ z) = `level`, by bisection on the distribution function: exact to float64's last digits.
    ///
    /// - Parameter level: inside 0…1, both ends excluded.
    /// - Returns: z.
    package static func quantile(_ level: Double) -> Double {
        precondition(level > 0 && level < 1, "a quantile at \(level)")
        var (low, high) = (-40.0, 40.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if cumulative(middle) < level { low = middle } else { high = middle }
        }
    }
}

/// Student's t distribution.
package enum StudentDistribution {
    /// P(|T| ≤ t) for t ≥ 0.
    ///
    /// - Parameters:
    ///   - t: in standard errors.
    ///   - degrees: of freedom, at least 1.
    /// - Returns: the probability.
    /// - Reference: M. Abramowitz, I. A. Stegun, "Handbook of mathematical functions", 26.7.3 and 26.7.4.
    static func within(_ t: Double, degrees: Int) -> Double {
        let angle = atan(t / Double(degrees).squareRoot())
        let (sine, cosine) = (sin(angle), cos(angle))
        let isOdd = degrees % 2 == 1
        if degrees == 1 { return 2 * angle / .pi }
        // Terms cos^first, cos^(first + 2), …, cos^(degrees − 2).
        var (term, sum) = (isOdd ? cosine : 1, 0.0)
        for power in stride(from: isOdd ? 1 : 0, through: degrees - 2, by: 2) {
            sum += term
            term *= Double(power + 1) / Double(power + 2) * cosine * cosine
        }
        return isOdd ? 2 / .pi * (angle + sine * sum) : sine * sum
    }

    /// The t with P(|T| ≤ t) = `level`, by bisection.
    ///
    /// - Parameters:
    ///   - level: inside 0…1, both ends excluded.
    ///   - degrees: of freedom, at least 1.
    /// - Returns: the half-width of an interval in standard errors: 12.7 for 0.95 and 1 degree, 1.96 for many.
    package static func halfWidth(level: Double, degrees: Int) -> Double {
        precondition(level > 0 && level < 1 && degrees > 0, "a t quantile at \(level) with \(degrees) degrees")
        guard degrees <= 1_000 else { return NormalDistribution.quantile((1 + level) / 2) }
        var (low, high) = (0.0, 1.0)
        while within(high, degrees: degrees) < level { high *= 2 }
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if within(middle, degrees: degrees) < level { low = middle } else { high = middle }
        }
    }
}
