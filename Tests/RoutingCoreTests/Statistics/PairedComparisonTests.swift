import RouteGridBase
import RoutingCore
import RoutingData
import Testing

@Suite struct PairedComparisonTests {
    /// Normal noise by the sum of twelve uniforms.
    private func noise(_ generator: inout Xoshiro256) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() }
    }

    /// Routers whose replicates scatter around the estimates, with a shared part that pairing removes.
    private func replicates(of estimates: [Double], own: Double, shared: Double, seed: Int = 0) -> Matrix<Double> {
        var generator = Xoshiro256(seed: HashedText.digest(["paired comparison", String(seed)]))
        var matrix = Matrix<Double>(repeating: 0, rows: estimates.count, columns: 1_000)
        for column in 0..<1_000 {
            let common = shared * noise(&generator)
            for row in estimates.indices { matrix[row, column] = estimates[row] + common + own * noise(&generator) }
        }
        return matrix
    }

    @Test func `pairing separates what shared noise would hide, and ranks follow`() {
        let estimates = [0.70, 0.80, 0.795, 0.60]
        let comparison = PairedComparison(
            estimates: estimates,
            replicates: replicates(of: estimates, own: 0.01, shared: 0.2),
            clusters: ClusterCount(equal: 1_000),
            alpha: 0.05,
            direction: .higherIsBetter
        )
        #expect(comparison.order == [1, 2, 0, 3])
        #expect(comparison.rank == [3...3, 1...2, 1...2, 4...4])
        #expect(comparison.tie == [2, 1, 1, 3])
        #expect(comparison.detectable[1] == nil)
        // The largest of six differences of four routers' noise exceeds 2.57 standard errors once in twenty times.
        let expected = (2.57 + 0.84) * 0.01 * 2.0.squareRoot()
        #expect(comparison.detectable.compactMap { $0 }.allSatisfy { abs($0 - expected) < 0.1 * expected })
    }

    @Test func `lower is better turns everything around`() {
        let estimates = [0.70, 0.80, 0.60]
        let comparison = PairedComparison(
            estimates: estimates,
            replicates: replicates(of: estimates, own: 0.001, shared: 0),
            clusters: ClusterCount(equal: 1_000),
            alpha: 0.05,
            direction: .lowerIsBetter
        )
        #expect(comparison.order == [2, 0, 1])
        #expect(comparison.rank == [2...2, 3...3, 1...1])
    }

    @Test func `equal routers, a single router and no replicates are ties`() {
        let same = Matrix<Double>(repeating: 0.5, rows: 3, columns: 100)
        let equal = PairedComparison(
            estimates: [0.5, 0.5, 0.5],
            replicates: same,
            clusters: ClusterCount(equal: 1_000),
            alpha: 0.05,
            direction: .higherIsBetter
        )
        #expect(equal.rank == [1...3, 1...3, 1...3] && equal.tie == [1, 1, 1])
        let single = PairedComparison(
            estimates: [0.5],
            replicates: Matrix(repeating: 0.5, rows: 1, columns: 9),
            clusters: ClusterCount(equal: 1_000),
            alpha: 0.05,
            direction: .higherIsBetter
        )
        #expect(single.rank == [1...1] && single.tie == [1])
        let unknown = Matrix<Double>(repeating: .nan, rows: 2, columns: 100)
        let none = PairedComparison(
            estimates: [0.1, 0.9],
            replicates: unknown,
            clusters: ClusterCount(equal: 1_000),
            alpha: 0.05,
            direction: .higherIsBetter
        )
        #expect(none.rank == [1...2, 1...2])
    }

    @Test func `a few clusters that agree separate nobody, and one alone says nothing of scatter`() {
        for (clusters, isSeparated) in [(1, false), (2, false), (5, false), (6, true), (100, true)] {
            let comparison = PairedComparison(
                estimates: [1, 0],
                replicates: Matrix(rows: 2, columns: 1_000, elements: (0..<2_000).map { $0 < 1_000 ? 1 : 0 }),
                clusters: ClusterCount(equal: clusters),
                alpha: 0.05,
                direction: .higherIsBetter
            )
            #expect(comparison.rank == (isSeparated ? [1...1, 2...2] : [1...2, 1...2]), "\(clusters) clusters")
            #expect(comparison.tie == (isSeparated ? [1, 2] : [1, 1]), "\(clusters) clusters")
            #expect(comparison.detectable == (isSeparated ? [nil, 0] : [nil, nil]), "\(clusters) clusters")
        }
    }

    /// Step-down by its definition: reject what exceeds the quantile of the maximum over all not yet rejected; repeat.
    @Test(arguments: 0..<30)
    func `adjusted p-values decide as the step-down procedure does`(seed: Int) {
        var generator = Xoshiro256(seed: HashedText.digest(["step down", String(seed)]))
        let (count, replicates) = (2 + generator.below(8), 199)
        let estimates = (0..<count).map { _ in Double(generator.below(4)) * 1.2 }
        var matrix = Matrix<Double>(repeating: 0, rows: count, columns: replicates)
        for column in 0..<replicates {
            let common = noise(&generator)
            for row in 0..<count {
                matrix[row, column] = estimates[row] + 0.6 * common + Double(row + 1) * 0.3 * noise(&generator)
            }
        }
        let rows = (0..<count).map { Array(matrix.row($0)) }
        let clusters = ClusterCount(equal: 50)
        let test = StepDownTest(estimates: estimates, clusters: clusters, replicates: replicates) { row, values in
            values = rows[row]
        }
        let errors = rows.map { StepDownTest.standardError($0) }
        var rejected: Set<Int> = []
        while true {
            let open = (0..<count).filter { !rejected.contains($0) }
            let maxima = (0..<replicates).map { column in
                open.map { abs(rows[$0][column] - estimates[$0]) / errors[$0] }.max() ?? 0
            }
            let new = open.filter { row in
                let square = estimates[row] * estimates[row]
                let variance = errors[row] * errors[row] + square / 50 + square / Double(replicates + 1)
                let statistic = abs(estimates[row]) / variance.squareRoot()
                let share = Double(1 + maxima.count { $0 >= statistic }) / Double(replicates + 1)
                return statistic > 0 && share + (share * (1 - share) / Double(replicates + 1)).squareRoot() <= 0.05
            }
            if new.isEmpty { break }
            rejected.formUnion(new)
        }
        #expect(Set((0..<count).filter { test.pValues[$0] <= 0.05 }) == rejected, "seed \(seed)")
    }
}
