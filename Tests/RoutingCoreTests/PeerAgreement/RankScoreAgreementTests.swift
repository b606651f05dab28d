import RoutingData
import Scoring
import Testing

@Suite struct RankScoreAgreementTests {
    /// What SCOPE-Router's copy of VL-RouterBench's routers scored on digits_vqa, costs divided by 17,024.
    static let peerRows: [(String, Double, Double, Double)] = [
        ("strongest", 0.956250, 0.740602, 0.293580), ("strongest-per-dataset", 0.971875, 0.423887, 0.557249),
        ("cheapest", 0.781250, 0.000300311, 0.797098), ("oracle", 0.990625, 0.00392699, 0.951657),
        ("random", 0.803125, 0.257834, 0.596674), ("knn-label", 0.784375, 0.000753899, 0.792674),
        ("prknn", 0.837500, 0.00345083, 0.822672), ("ovr", 0.937500, 0.315569, 0.621497),
        ("prototype", 0.903125, 0.115033, 0.742068), ("softmax", 0.921875, 0.151819, 0.726057),
    ]

    @Test(arguments: peerRows)
    func `the peer's scores on digits_vqa, bounds from its own rule`(
        name: String,
        accuracy: Double,
        cost: Double,
        printed: Double
    ) throws {
        var (table, _) = try GoldenFiles.digits()
        table.cost = Matrix(
            rows: table.cost.rows,
            columns: table.cost.columns,
            elements: table.cost.elements.map { $0 / 17_024 }
        )
        let bounds = try #require(CostBounds.modelMeans(table))
        #expect(abs(bounds.low - 0.000_300_164_473_684_210_5) < 1e-15 && abs(bounds.high - 1) < 1e-15)
        let score = RankScore.value(accuracy: accuracy, cost: cost, bounds: bounds)
        // The costs are printed to six digits.
        #expect(abs(score - printed) < 2e-6, "\(name): \(score)")
    }
}
