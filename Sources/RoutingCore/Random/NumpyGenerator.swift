/// The generator behind `numpy.random.default_rng(seed)`: PCG64 (XSL RR 128/64) seeded by a `SeedSequence`.
///
/// - Reference: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
///   Number Generation", HMC-CS-2014-0905; NumPy enhancement proposal 19.
struct NumpyGenerator {
    private var state: UInt128
    private let increment: UInt128
    /// The high half of the last 64-bit draw, kept for the next 32-bit draw.
    private var kept: UInt32?

    private static let multiplier = UInt128(0x2360_ED05_1FC6_5DA4) << 64 | UInt128(0x4385_DF64_9FCC_F645)

    init(seed: UInt32) {
        let words = NumpySeedSequence(seed: seed).words64(4)
        increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
        state = increment &+ (UInt128(words[0]) << 64 | UInt128(words[1]))
        state = state &* Self.multiplier &+ increment
    }

    private mutating func next64() -> UInt64 {
        state = state &* Self.multiplier &+ increment
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let rotation = UInt64(truncatingIfNeeded: state >> 122)
        return folded >> rotation | folded << ((64 - rotation) & 63)
    }

    private mutating func next32() -> UInt32 {
        if let high = kept {
            kept = nil
            return high
        }
        let both = next64()
        kept = UInt32(truncatingIfNeeded: both >> 32)
        return UInt32(truncatingIfNeeded: both)
    }

    /// One number of `integers(0, bound)` for a bound in 1 ..< 2^32: 32-bit Lemire rejection, nothing drawn for
    /// bound 1.
    mutating func integer(below bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        let limit = UInt32(bound)
        var product = UInt64(next32()) * UInt64(limit)
        if UInt32(truncatingIfNeeded: product) < limit {
            let threshold = (UInt32.max - (limit - 1)) % limit
            while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(next32()) * UInt64(limit) }
        }
        return Int(product >> 32)
    }
}

/// NumPy's `SeedSequence` over one 32-bit word of entropy, pool of four words.
struct NumpySeedSequence {
    private var pool: [UInt32] = []

    init(seed: UInt32) {
        var constant: UInt32 = 0x43B0_D7E5
        func hashed(_ value: UInt32) -> UInt32 {
            var value = value ^ constant
            constant = constant &* 0x931E_8875
            value = value &* constant
            return value ^ value >> 16
        }
        for place in 0..<4 { pool.append(hashed(place == 0 ? seed : 0)) }
        for source in 0..<4 {
            for target in 0..<4 where target != source {
                let mixed = 0xCA01_F9DD &* pool[target] &- 0x4973_F715 &* hashed(pool[source])
                pool[target] = mixed ^ mixed >> 16
            }
        }
    }

    /// `generate_state(count, uint64)`.
    func words64(_ count: Int) -> [UInt64] {
        var constant: UInt32 = 0x8B51_F9DD
        let words: [UInt32] = (0..<2 * count).map { place in
            var value = pool[place % 4] ^ constant
            constant = constant &* 0x58F3_8DED
            value = value &* constant
            return value ^ value >> 16
        }
        return (0..<count).map { UInt64(words[2 * $0]) | UInt64(words[2 * $0 + 1]) << 32 }
    }
}
