/// A running sum in twice the precision of a double.
///
/// Terms may be added and taken away again in any order: the value is the correctly rounded exact sum for every input that
/// is not built against it (relative error about 2⁻¹⁰⁰ of the sum of magnitudes), so that an incremental sweep and a sum
/// from scratch agree to the bit.
///
/// - Reference: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik
///   18, 224–242, 1971; D. E. Knuth's error-free addition.
struct CompensatedSum {
    private var high = 0.0
    private var low = 0.0

    init() {}

    @inline(__always)
    mutating func add(_ term: Double) {
        let sum = high + term
        let part = sum - high
        let error = (high - (sum - part)) + (term - part) + low
        high = sum + error
        low = error - (high - sum)
    }

    var value: Double { high + low }
}
