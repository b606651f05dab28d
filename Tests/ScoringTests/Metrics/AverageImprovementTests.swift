import Scoring
import Testing

@Suite struct AverageImprovementTests {
    private func points(_ pairs: [(Double, Double)]) -> [OperatingPoint] {
        pairs.map { OperatingPoint(cost: $0.0, accuracy: $0.1) }
    }

    @Test func `the hull leaves out dominated points and dents`() {
        let hull = AverageImprovement.hull(of: points([(4, 0.8), (1, 0.2), (2, 0.25), (3, 0.7), (5, 0.6), (1, 0.1)]))
        #expect(hull == points([(1, 0.2), (3, 0.7), (4, 0.8)]))
    }

    @Test func `areas are divided by the highest cost of all routers, the last accuracy held`() {
        let values = AverageImprovement.values(of: [points([(1, 0.2), (3, 0.6)]), points([(2, 0.5), (4, 0.9)])])
        #expect(abs((values[0].number ?? 0) - (0.8 + 0.6) / 4) < 1e-15)
        #expect(abs((values[1].number ?? 0) - 1.4 / 4) < 1e-15)
        #expect(AverageImprovement.values(of: [points([(0, 0.5)])])[0].number == nil)
    }
}
