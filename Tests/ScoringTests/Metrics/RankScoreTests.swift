import RoutingData
import Scoring
import Testing

@Suite struct RankScoreTests {
    @Test(arguments: [
        (0.9, 0.001, 0.886229), (0.9, 0.009, 0.278169), (0.85, 0.001, 0.841897), (0.85, 0.008, 0.436684),
        (0.5, 0.001, 0.516407), (0.7, 0.005, 0.591155),
    ])
    func `the golden vectors`(accuracy: Double, cost: Double, expected: Double) {
        let score = RankScore.value(accuracy: accuracy, cost: cost, bounds: CostBounds(low: 0.0005, high: 0.01))
        #expect(abs(score - expected) < 5e-7)
    }

    /// Accuracy in %, cost in $ per 10,000 queries, Rank Score in %, of the routers without a spread.
    static let published: [(String, Double, Double, Double)] = [
        ("Oracle", 95.60, 0.37, 93.68), ("Strongest", 78.01, 2.72, 68.88), ("Cheapest", 62.43, 0.14, 64.63),
        ("KNN", 66.26, 0.38, 67.13), ("PRkNN", 70.68, 0.41, 71.09), ("OVR", 75.49, 2.18, 68.92),
        ("K-means", 70.01, 2.21, 64.62),
    ]

    @Test(arguments: published)
    func `VL-RouterBench's table, bounds from model means`(
        name: String,
        accuracy: Double,
        cost: Double,
        printed: Double
    ) {
        let score = RankScore.value(accuracy: accuracy / 100, cost: cost, bounds: CostBounds(low: 0.143, high: 10.69))
        #expect(abs(score * 100 - printed) < 0.02, "\(name)")
    }

    /// MMR-Bench under VL-RouterBench's protocol.
    static let mmrRows: [(String, Double, Double, Double)] = [
        ("Oracle", 91.67, 10.41, 75.67), ("Strongest", 74.25, 81.30, 50.64), ("Cheapest", 42.25, 0.25, 43.20),
        ("CosineCls", 61.31, 7.37, 56.05), ("RouterDC", 62.22, 7.33, 56.75), ("ZOOTER", 61.65, 3.62, 57.77),
        ("VLC", 65.06, 5.50, 59.59), ("KNN", 58.66, 7.07, 54.11), ("PRkNN", 59.72, 7.30, 54.85),
        ("OVR", 69.01, 55.43, 51.98), ("K-means", 70.12, 61.59, 51.63), ("Linear", 70.60, 53.76, 53.05),
        ("MLP", 60.88, 7.45, 55.69), ("UniRoute-KM", 60.88, 0.51, 59.72), ("UniRoute-LM", 58.23, 0.27, 57.91),
        ("SCOPE", 62.90, 0.65, 61.23),
    ]

    @Test(arguments: mmrRows)
    func `the MMR-Bench rows, bounds from entries`(name: String, accuracy: Double, cost: Double, printed: Double) {
        let score = RankScore.value(accuracy: accuracy / 100, cost: cost, bounds: CostBounds(low: 0.00068, high: 407))
        #expect(abs(score * 100 - printed) < 0.02, "\(name)")
    }

    @Test func `bounds leave zero costs out`() {
        let table = OutcomeTable(
            models: ["a", "b", "free"],
            samples: (0..<2).map { Sample(id: "\($0)", dataset: "d", group: "\($0)") },
            quality: Matrix(rows: 2, columns: 3, elements: [1, 1, 1, 1, 1, 1]),
            cost: Matrix(rows: 2, columns: 3, elements: [0, 4, 0, 1, 8, 0])
        )
        #expect(CostBounds.modelMeans(table) == CostBounds(low: 1, high: 6))
        #expect(CostBounds.entries(table) == CostBounds(low: 1, high: 8))
    }
}
