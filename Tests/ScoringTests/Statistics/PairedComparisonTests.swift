import RouteGridBase
import RoutingData
import Scoring
import Testing

@Suite struct PairedComparisonTests {
    /// Influences of routers with standard errors of their own, and a shared part that pairing removes.
    private func influences(own: [Double], shared: Double, clusters: Int, seed: Int = 0) -> Matrix<Double> {
        var generator = Xoshiro256(seed: HashedText.digest(["paired comparison", String(seed)]))
        func noise(_ size: Double) -> [Double] {
            let raw = (0..<clusters).map { _ in (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() } }
            let mean = raw.reduce(0, +) / Double(clusters)
            return raw.map { size * ($0 - mean) / Double(clusters).squareRoot() }
        }
        let common = noise(shared)
        let rows = own.map { size in zip(common, noise(size)).map { $0 + $1 } }
        return Matrix(rows: own.count, columns: clusters, elements: rows.flatMap { $0 })
    }

    private func drawn(_ count: Int, seed: Int = 1) -> DrawnClusters {
        DrawnClusters((0..<count).map { "c\($0)" }, seed: seed, splitIndex: 0)
    }

    private func comparison(
        _ estimates: [Double],
        _ influences: Matrix<Double>,
        seed: Int = 1,
        direction: PairedComparison.Direction = .higherIsBetter,
        range: Double = 1,
        limit: ReplicateLimit? = nil
    ) -> PairedComparison {
        PairedComparison(
            estimates: estimates,
            influences: influences,
            drawn: drawn(influences.columns, seed: seed),
            clusters: ClusterCount(equal: influences.columns),
            alpha: 0.05,
            direction: direction,
            range: range,
            limit: limit
        )
    }

    @Test func `pairing separates what shared noise would hide, and ranks follow`() {
        let own = [Double](repeating: 0.01, count: 4)
        let comparison = comparison([0.70, 0.80, 0.795, 0.60], influences(own: own, shared: 0.2, clusters: 1_000))
        #expect(comparison.order == [1, 2, 0, 3])
        #expect(comparison.rank == [3...3, 1...2, 1...2, 4...4])
        #expect(comparison.group == [2, 1, 1, 3])
        #expect(comparison.detectable[1] == nil)
        // The largest of six differences of four routers' noise exceeds 2.57 standard errors once in twenty times.
        let expected = (2.57 + 0.84) * 0.01 * 2.0.squareRoot()
        #expect(comparison.detectable.compactMap { $0 }.count == 3)
        #expect(comparison.detectable.compactMap { $0 }.allSatisfy { abs($0 - expected) < 0.1 * expected })
        let difference = comparison.difference(1, 0)
        #expect(abs(difference.estimate - 0.1) < 1e-15 && difference.pValue < 0.001)
        #expect(comparison.difference(0, 1).estimate == -difference.estimate)
        let half = 2.57 * difference.standardError
        #expect(abs((difference.interval?.high ?? 0) - (0.1 + half)) < 0.1 * half)
    }

    @Test func `lower is better turns everything around`() {
        let influences = influences(own: [0.001, 0.001, 0.001], shared: 0, clusters: 500)
        let comparison = comparison([0.70, 0.80, 0.60], influences, direction: .lowerIsBetter)
        #expect(comparison.order == [2, 0, 1])
        #expect(comparison.rank == [2...2, 3...3, 1...1])
    }

    @Test func `groups suggest no order that the test does not give`() {
        // The middle one is between two that differ: no cut separates them.
        let influences = influences(own: [0.01, 0.01, 0.01], shared: 0, clusters: 1_000)
        let chain = comparison([0.76, 0.73, 0.70], influences)
        #expect(chain.isBetter == [[false, false, true], [false, false, false], [false, false, false]])
        #expect(chain.group == [1, 1, 1] && chain.rank == [1...2, 1...3, 2...3])
    }

    @Test func `equal routers and a single one are ties`() {
        let same = Matrix<Double>(repeating: 0, rows: 3, columns: 100)
        let equal = comparison([0.5, 0.5, 0.5], same)
        #expect(equal.rank == [1...3, 1...3, 1...3] && equal.group == [1, 1, 1])
        #expect(equal.detectable == [nil, nil, nil] && equal.difference(0, 2).pValue == 1)
        let single = comparison([0.5], Matrix(repeating: 0, rows: 1, columns: 9))
        #expect(single.rank == [1...1] && single.group == [1])
    }

    @Test func `values that differ by rounding alone are equal`() {
        let comparison = comparison([1, 0.999_999_999_999_999_9], Matrix(repeating: 0, rows: 2, columns: 100))
        #expect(comparison.rank == [1...2, 1...2] && comparison.difference(0, 1).pValue == 1)
    }

    @Test func `the smallest detectable difference exists from fifty clusters on and within the metric's range`() {
        for (clusters, own, exists) in [(49, 0.01, false), (50, 0.01, true), (1_000, 0.01, true), (1_000, 0.4, false)] {
            let comparison = comparison([1, 0.9], influences(own: [own, own], shared: 0, clusters: clusters))
            #expect((comparison.detectable[1] != nil) == exists, "\(clusters) clusters, \(own)")
        }
        let wide = comparison([1, 0.9], influences(own: [0.4, 0.4], shared: 0, clusters: 1_000), range: 10)
        #expect(wide.detectable[1].map { $0 > 1 } ?? false)
    }

    @Test func `a few clusters that agree separate no rows, and one alone has no scatter`() {
        for (clusters, isSeparated) in [(1, false), (2, false), (5, false), (6, true), (100, true)] {
            let comparison = comparison([1, 0], Matrix(repeating: 0, rows: 2, columns: clusters))
            #expect(comparison.rank == (isSeparated ? [1...1, 2...2] : [1...2, 1...2]), "\(clusters) clusters")
            #expect(comparison.group == (isSeparated ? [1, 2] : [1, 1]), "\(clusters) clusters")
            #expect(comparison.detectable == [nil, nil], "\(clusters) clusters")
        }
    }

    @Test func `more resamples are drawn while a decision is near, and no more where all are clear`() {
        let own = [0.01, 0.01]
        let clear = comparison([0.5, 0.1], influences(own: own, shared: 0, clusters: 400))
        #expect(clear.replicates == 2_048)
        // At z = 2.01 nine eighths of the share beyond are 0.05.
        let noise = influences(own: own, shared: 0, clusters: 400)
        let error = clear.difference(0, 1).standardError
        let near = comparison([0.5, 0.5 - 2.0105 * error], noise)
        #expect(near.replicates > 2_048 && near.replicates <= 200_000)
        #expect(comparison([0.5, 0.5 - 2.0105 * error], noise, limit: ReplicateLimit(most: 4_096)).replicates == 4_096)
    }

    /// Step-down by its definition: reject what exceeds the quantile of the maximum over all not yet rejected; repeat.
    @Test(arguments: 0..<30)
    func `adjusted p-values decide as the step-down procedure does`(seed: Int) {
        var generator = Xoshiro256(seed: HashedText.digest(["step down", String(seed)]))
        let (count, clusters, replicates) = (2 + generator.below(6), 50, 2_048)
        let influences = influences(
            own: (0..<count).map { Double($0 + 1) * 0.003 },
            shared: 0.1,
            clusters: clusters,
            seed: seed
        )
        let estimates = (0..<count).map { _ in Double(generator.below(4)) * 0.012 }
        let pairs = (0..<count).flatMap { a in (a + 1..<max(count, a + 1)).map { StepDownTest.Pair(a, $0) } }
        let drawn = drawn(clusters, seed: seed)
        let test = StepDownTest(
            pairs: pairs,
            differences: pairs.map { estimates[$0.first] - estimates[$0.second] },
            influences: influences,
            drawn: drawn,
            clusters: ClusterCount(equal: clusters),
            alpha: 0.05,
            limit: ReplicateLimit(most: replicates)
        )
        #expect(test.replicates == replicates)
        let weights = BootstrapWeights(of: drawn, replicates: replicates)
        let byItem = (0..<clusters).map { weights.weights(ofItem: $0) }
        let moved = (0..<count).map { row in
            (0..<replicates).map { replicate in
                (0..<clusters).reduce(0) { $0 + (byItem[$1][replicate] - 1) * influences[row, $1] }
            }
        }
        let errors = pairs.map { pair in
            (0..<clusters).reduce(0) { sum, cluster in
                let difference = influences[pair.first, cluster] - influences[pair.second, cluster]
                return sum + difference * difference
            }.squareRoot()
        }
        var rejected: Set<Int> = []
        while true {
            let open = pairs.indices.filter { !rejected.contains($0) }
            let maxima = (0..<replicates).map { replicate in
                open.map { abs(moved[pairs[$0].first][replicate] - moved[pairs[$0].second][replicate]) / errors[$0] }
                    .max() ?? 0
            }
            let new = open.filter { place in
                let difference = estimates[pairs[place].first] - estimates[pairs[place].second]
                let statistic =
                    abs(difference) / (errors[place] * errors[place] + difference * difference / 50).squareRoot()
                return statistic > 0
                    && 1.4 * Double(1 + maxima.count { $0 >= statistic }) / Double(replicates + 1) <= 0.05
            }
            if new.isEmpty { break }
            rejected.formUnion(new)
        }
        #expect(Set(pairs.indices.filter { test.pValues[$0] <= 0.05 }) == rejected, "seed \(seed)")
    }
}
