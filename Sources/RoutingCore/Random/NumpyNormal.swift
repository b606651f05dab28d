import Foundation
import RoutingData

/// Standard normal draws as `numpy.random.RandomState(seed).normal` gives them: MT19937 and the polar method.
struct NumpyNormal {
    private var generator: MersenneTwister
    /// The second number of the last pair.
    private var kept: Double?

    init(seed: UInt32) { generator = MersenneTwister(seed: seed) }

    /// 53 random bits in 0 ..< 1.
    private mutating func uniform() -> Double {
        let (high, low) = (generator.next() >> 5, generator.next() >> 6)
        return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
    }

    mutating func next() -> Double {
        if let second = kept {
            kept = nil
            return second
        }
        while true {
            let x = 2 * uniform() - 1
            let y = 2 * uniform() - 1
            let square = x * x + y * y
            guard square < 1, square > 0 else { continue }
            let scale = (-2 * log(square) / square).squareRoot()
            kept = scale * x
            return scale * y
        }
    }
}
