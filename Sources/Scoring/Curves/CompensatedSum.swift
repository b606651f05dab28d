/// A running sum in twice the precision of a double.
///
/// Terms may be added and taken away again in any order: the value is the correctly rounded exact sum for every input
/// that is not built against it (relative error about 2⁻¹⁰⁰ of the sum of magnitudes), so that an incremental sweep and
/// a sum from scratch agree to the bit.
///
/// - Reference: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik
///   18, 224–242, 1971; D. E. Knuth's error-free addition.
package struct CompensatedSum {
    @usableFromInline var high = 0.0
    @usableFromInline var low = 0.0

    @inlinable package init() {}

    @inlinable @inline(__always)
    package mutating func add(_ term: Double) {
        let sum = high + term
        let part = sum - high
        let error = (high - (sum - part)) + (term - part) + low
        high = sum + error
        low = error - (high - sum)
    }

    @inlinable package var value: Double { high + low }

    /// Adds (b − a) · (x + y) ÷ 2, rounded to about twice the precision of a double.
    @inlinable @inline(__always)
    package mutating func addTrapezium(from a: Double, to b: Double, between x: Double, and y: Double) {
        let (width, widthError) = Self.exactDifference(b, a)
        let (sum, sumError) = Self.exactSum(x / 2, y / 2)
        let product = width * sum
        add(product)
        add((-product).addingProduct(width, sum) + (width * sumError + widthError * sum))
    }

    /// The sum divided by b − a, rounded once.
    @inlinable package func divided(byDifference b: Double, _ a: Double) -> Double {
        let (width, widthError) = Self.exactDifference(b, a)
        let quotient = value / width
        guard quotient.isFinite else { return quotient }
        let rest = high.addingProduct(-quotient, width) + (low - quotient * widthError)
        return quotient + rest / width
    }

    /// a + b and what rounding took from it.
    @inlinable @inline(__always)
    package static func exactSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }

    @inlinable @inline(__always)
    package static func exactDifference(_ a: Double, _ b: Double) -> (difference: Double, error: Double) {
        let (sum, error) = exactSum(a, -b)
        return (sum, error)
    }
}
