import Catalog
import RoutingData
import Scoring

/// The Rank Score of a router in training on the dev part.
///
/// A missing outcome counts as wrong and costs its model's mean train cost. Bounds are the pool's mean train costs in
/// mode `sound`, the means of all rows in `compat` (as the peer's). When they span nothing, the score is the accuracy.
struct DevScore: Sendable {
    /// Rows of the dev part.
    let rows: [Int]
    private let table: OutcomeTable
    private let correct: CorrectModels
    private let meanCost: [Double]
    private let bounds: CostBounds?

    /// Nil when there is no dev part.
    init?(_ request: FitRequest) {
        guard !request.parts.dev.isEmpty else { return nil }
        rows = request.parts.dev
        table = request.table
        correct = CorrectModels(request.table, mode: request.mode)
        meanCost = request.table.cost.columnMeans(over: request.parts.train)
        switch request.mode {
        case .compat: bounds = CostBounds.modelMeans(request.table)
        case .sound:
            let known = meanCost.filter { !$0.isNaN }
            bounds = known.min().flatMap { low in known.max().map { CostBounds(low: low, high: $0) } }
        }
    }

    /// The score of choosing the first model of highest score for each dev row; `scores` is `[dev rows, models]`.
    func callAsFunction(_ scores: Matrix<Double>) -> Double {
        var (right, spent) = (0.0, 0.0)
        for (place, row) in rows.enumerated() {
            let model = firstMaximum(Array(scores.row(place)))
            if correct.isCorrect(row, model) { right += 1 }
            let cost = table.cost[row, model]
            spent += cost.isNaN ? (meanCost[model].isNaN ? 0 : meanCost[model]) : cost
        }
        let accuracy = right / Double(rows.count)
        guard let bounds, bounds.low > 0, bounds.high > bounds.low else { return accuracy }
        return RankScore.value(accuracy: accuracy, cost: spent / Double(rows.count), bounds: bounds)
    }
}
