import RouteGridBase
import Testing

struct RandomStreamTests {
    /// The state after seeding is the digest's four big-endian words; the outputs were computed from the published
    /// algorithm in Python.
    @Test func `xoshiro256 gives its known outputs`() {
        var generator = Xoshiro256(seed: Digest(hashing: "abc".utf8))
        #expect((0..<4).map { _ in generator.next() } == XoshiroVectors.outputs)
    }

    @Test func `streams of other names, seeds, splits and routers differ`() {
        let base = RandomStreams(seed: 1, splitIndex: 0, routerKind: "knn")
        var streams = [base.stream("init"), base.stream("shuffle")]
        for other in [
            RandomStreams(seed: 2, splitIndex: 0, routerKind: "knn"),
            RandomStreams(seed: 1, splitIndex: 1, routerKind: "knn"),
            RandomStreams(seed: 1, splitIndex: 0, routerKind: "mlp"),
            RandomStreams(seed: 11, splitIndex: 0, routerKind: "knn"),
            RandomStreams(seed: 1, splitIndex: 10, routerKind: "knn"),
        ] {
            streams.append(other.stream("init"))
        }
        var firsts: Set<UInt64> = []
        for var stream in streams { firsts.insert(stream.next()) }
        #expect(firsts.count == streams.count)
        var (one, two) = (base.stream("init"), base.stream("init"))
        #expect(one.next() == two.next())
    }

    @Test func `numbers below a bound are even, doubles are in 0 ..< 1`() {
        var generator = Xoshiro256(seed: Digest(hashing: "even".utf8))
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.below(7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
        let draws = (0..<10_000).map { _ in generator.uniform() }
        #expect(draws.allSatisfy { (0..<1).contains($0) })
        #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.02)
        #expect((0..<20).allSatisfy { _ in generator.below(1) == 0 })
    }

    @Test func `a shuffle is a permutation`() {
        var generator = Xoshiro256(seed: Digest(hashing: "shuffle".utf8))
        var elements = Array(0..<100)
        generator.shuffle(&elements)
        #expect(elements != Array(0..<100) && elements.sorted() == Array(0..<100))
    }

    @Test func `borders of hashed texts count`() {
        #expect(HashedText.digest(["ab", "c"]) != HashedText.digest(["a", "bc"]))
        #expect(HashedText.digest(["a"]) == Digest(hashing: [0x61, 0]))
    }
}
