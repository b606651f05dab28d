import Catalog
import RoutingData

/// Router `prknn`: models duel on each neighbour, and the wins are weighted by nearness.
///
/// ```
/// wins(m) = Σ_i 1/(1e-6 + d_i) · |{b ≠ m : Y_im > Y_ib, or Y_im = Y_ib and C_im < C_ib}|      over the k neighbours i
/// ```
/// So the cheaper of two wrong models wins too. A model without an outcome on a neighbour duels nobody there.
/// - Reference: VL-RouterBench (arXiv 2512.23562), its PRkNN router.
struct PairwiseNeighbourRouter: FittedRouter {
    let features: ScaledFeatures
    let search: NeighbourSearch
    /// `[train rows, models]`: duels won on a row.
    let wins: Matrix<Double>
    let count: Int

    init(_ request: FitRequest) throws {
        let train = try LabelledTrain(request)
        features = train.scaled
        count = try train.neighbourCount(request)
        search = NeighbourSearch(train.features, metric: .cosine)
        let table = train.models.table
        var wins = Matrix<Double>(repeating: 0, rows: train.rows.count, columns: table.models.count)
        for (place, row) in train.rows.enumerated() {
            for model in table.models.indices {
                let (quality, cost) = (table.quality[row, model], table.cost[row, model])
                for other in table.models.indices where other != model {
                    let isBetter = quality > table.quality[row, other]
                    let isCheaper = quality == table.quality[row, other] && cost < table.cost[row, other]
                    if isBetter || isCheaper { wins[place, model] += 1 }
                }
            }
        }
        self.wins = wins
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        var scores = Matrix<Double>(repeating: 0, rows: rows.count, columns: table.models.count)
        search.forEachSorted(try features(for: rows, of: table, modality: modality), nearest: count) {
            row,
            found in
            for neighbour in found {
                let weight = 1 / (1e-6 + neighbour.distance)
                for model in 0..<scores.columns { scores[row, model] += weight * wins[Int(neighbour.row), model] }
            }
        }
        return .scores(scores)
    }
}

extension PairwiseNeighbourRouter {
    static let kinds = [
        RouterKind("prknn", file: .read { try PairwiseNeighbourRouter($0) }) { try PairwiseNeighbourRouter($0) }
    ]
}
