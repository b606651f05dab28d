import Catalog
import RoutingData

/// Router `knn-label`: neighbours vote for their cheapest correct model, each with weight 1 ÷ distance.
///
/// A neighbour at distance 0 outvotes all that are not. Scores are shares of the vote.
/// - Reference: VL-RouterBench (arXiv 2512.23562), scikit-learn's `KNeighborsClassifier(5, weights: distance, metric:
///   cosine)` on standardised features.
struct NeighbourLabelRouter: FittedRouter {
    let features: ScaledFeatures
    let search: NeighbourSearch
    /// The label of each searched row.
    let labels: [Int]
    let count: Int

    init(_ request: FitRequest) throws {
        let train = try LabelledTrain(request)
        features = train.scaled
        count = try train.neighbourCount(request)
        search = NeighbourSearch(train.features, metric: .cosine)
        labels = train.rows.map(train.models.label)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        var scores = Matrix<Double>(repeating: 0, rows: rows.count, columns: table.models.count)
        search.forEachSorted(try features(for: rows, of: table, modality: modality), nearest: count) {
            row,
            found in
            let touches = found.contains { $0.distance == 0 }
            var total = 0.0
            for neighbour in found {
                let weight = touches ? (neighbour.distance == 0 ? 1 : 0) : 1 / neighbour.distance
                scores[row, labels[Int(neighbour.row)]] += weight
                total += weight
            }
            for model in 0..<scores.columns { scores[row, model] /= total }
        }
        return .scores(scores)
    }
}

extension NeighbourLabelRouter {
    static let kinds = [
        RouterKind("knn-label", file: .read { try NeighbourLabelRouter($0) }) { try NeighbourLabelRouter($0) }
    ]
}
