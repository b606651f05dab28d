/// MT19937 as numpy's legacy `RandomState(seed)` holds it, for the splits that reproduce other people's numbers.
///
/// - Reference: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 3–30, 1998 (`init_genrand` of the 2002
///   revision).
package struct MersenneTwister: Sendable {
    private var state: [UInt32]
    private var position = 624

    package init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(624)
        for index in 1..<624 {
            let last = state[index - 1]
            state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
        }
    }

    package mutating func next() -> UInt32 {
        if position == 624 { regenerate() }
        var word = state[position]
        position += 1
        word ^= word >> 11
        word ^= word << 7 & 0x9d2c_5680
        word ^= word << 15 & 0xefc6_0000
        return word ^ word >> 18
    }

    private mutating func regenerate() {
        for index in 0..<624 {
            let mixed = state[index] & 0x8000_0000 | state[(index + 1) % 624] & 0x7fff_ffff
            state[index] = state[(index + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 == 0 ? 0 : 0x9908_b0df)
        }
        position = 0
    }

    /// A whole number in 0 … limit: the draw masked to the limit's bits, drawn again while too large.
    private mutating func interval(_ limit: UInt32) -> UInt32 {
        guard limit > 0 else { return 0 }
        let mask = UInt32.max >> UInt32(limit.leadingZeroBitCount)
        while true {
            let value = next() & mask
            if value <= limit { return value }
        }
    }

    /// 0 ..< count in the order that `RandomState.permutation(count)` gives; `RandomState.shuffle` of a list draws
    /// alike.
    mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(interval(UInt32(last))))
        }
        return order
    }
}
