import RouteGridBase
import RoutingData
import Scoring
import Testing

@Suite struct BootstrapWeightsTests {
    /// The weights of single items, read through the sums of a table in which only that item is right.
    private func weights(_ clusters: [String], replicates: Int, seed: Int = 1, split: Int = 0) -> [[Double]] {
        let weights = BootstrapWeights(clusters: clusters, replicates: replicates, seed: seed, splitIndex: split)
        return clusters.indices.map { weights.weights(ofItem: $0) }
    }

    @Test func `a weight depends on seed, split, replicate and cluster alone`() {
        let all = weights(["a", "b", "c"], replicates: 50)
        let some = weights(["c", "a"], replicates: 20)
        #expect(some[0] == Array(all[2].prefix(20)))
        #expect(some[1] == Array(all[0].prefix(20)))
        #expect(weights(["a"], replicates: 50, seed: 2)[0] != all[0])
        let block = BootstrapWeights(clusters: ["b", "a"], replicates: 7, first: 40, seed: 1, splitIndex: 0)
        #expect(block.weights(ofItem: 1) == Array(all[0][40..<47]))
        #expect(weights(["a"], replicates: 50, split: 1)[0] != all[0])
        #expect(weights(["a", "a"], replicates: 50) == [all[0], all[0]])
    }

    /// As an independent Python program computed them.
    ///
    /// Frozen: a change of these numbers changes every published interval.
    @Test func `the first weights of two clusters are what they were`() {
        let first = weights(["s0", "s1"], replicates: 16)
        #expect(first[0] == [3, 1, 0, 0, 1, 3, 1, 2, 2, 0, 3, 2, 2, 0, 1, 5])
        #expect(first[1] == [0, 1, 1, 1, 0, 1, 0, 2, 1, 1, 0, 1, 2, 4, 1, 0])
    }

    @Test func `weights are Poisson with mean 1`() {
        let counts = weights((0..<1_000).map { "c\($0)" }, replicates: 1_000).flatMap { $0 }
        var probability = 0.367_879_441_171_442_33
        for k in 0..<7 {
            if k > 0 { probability /= Double(k) }
            let share = Double(counts.count { $0 == Double(k) }) / 1e6
            let error = (probability * (1 - probability) / 1e6).squareRoot()
            #expect(abs(share - probability) < 4.5 * error, "k \(k)")
        }
        let mean = counts.reduce(0, +) / 1e6
        #expect(abs(mean - 1) < 4.5e-3)
        // Neither along replicates nor along clusters do neighbours depend on each other.
        for lag in [1, 1_000] {
            let products = zip(counts, counts.dropFirst(lag)).reduce(0) { $0 + ($1.0 - 1) * ($1.1 - 1) }
            #expect(abs(products / Double(counts.count - lag)) < 4.5e-3, "lag \(lag)")
        }
    }
}
