/// xoshiro256**, a small fast generator with 256 bits of state.
///
/// - Reference: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021.
package struct Xoshiro256: RandomNumberGenerator, Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    /// Seeds the state with the 32 bytes of a digest, read as four big-endian words.
    package init(seed: Digest) {
        let bytes = seed.bytes
        func word(_ index: Int) -> UInt64 { bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        (s0, s1, s2, s3) = (word(0), word(1), word(2), word(3))
        if s0 | s1 | s2 | s3 == 0 { s0 = 1 }
    }

    package mutating func next() -> UInt64 {
        let scrambled = s1 &* 5
        let result = (scrambled << 7 | scrambled >> 57) &* 9
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = s3 << 45 | s3 >> 19
        return result
    }

    /// A double in 0 ..< 1 from the 53 high bits.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1.0p-53 }

    /// A whole number in 0 ..< bound without bias (rejection on the high bits, as Lemire 2019).
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "an empty range has no member")
        let limit = UInt64(bound)
        var product = next().multipliedFullWidth(by: limit)
        if product.low < limit {
            let threshold = (0 &- limit) % limit
            while product.low < threshold { product = next().multipliedFullWidth(by: limit) }
        }
        return Int(product.high)
    }

    /// Fisher–Yates from the last place down.
    package mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(last, below(last + 1)) }
    }
}

/// The named random streams of one router on one split.
///
/// A stream's seed is SHA-256("routegrid/rng/1" ‖ seed ‖ split index ‖ router kind ‖ name): never a key, a cell number,
/// a worker or a revision, so that every router of a split meets the same randomness whatever the grid around it.
package struct RandomStreams: Hashable, Sendable {
    package var seed: Int
    package var splitIndex: Int
    package var routerKind: String

    package init(seed: Int, splitIndex: Int, routerKind: String) {
        self.seed = seed
        self.splitIndex = splitIndex
        self.routerKind = routerKind
    }

    /// The stream with a name: "init", "shuffle", "dropout", "kmeans++", ….
    package func stream(_ name: String) -> Xoshiro256 {
        Xoshiro256(seed: HashedText.digest(["routegrid/rng/1", String(seed), String(splitIndex), routerKind, name]))
    }
}

/// Digests of several texts whose borders count: each text is followed by a zero byte.
package enum HashedText {
    package static func digest(_ parts: [String]) -> Digest {
        var bytes: [UInt8] = []
        for part in parts {
            bytes.append(contentsOf: part.utf8)
            bytes.append(0)
        }
        return Digest(hashing: bytes)
    }
}
