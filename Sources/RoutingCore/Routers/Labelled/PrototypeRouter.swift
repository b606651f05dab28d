import Catalog
import RoutingData

/// Router `prototype`: the model whose correct rows point in the query's direction (the benchmark calls it K-means).
///
/// With x̂ the scaled feature vector at unit length: prototype_k = mean of x̂ over the rows that model k answers
/// correctly, at unit length again; score_k = <x̂, prototype_k>. A model that is never correct takes the mean of all
/// rows. Costs play no part.
/// - Reference: VL-RouterBench (arXiv 2512.23562), its K-means router.
struct PrototypeRouter: FittedRouter {
    let features: ScaledFeatures
    let prototypes: AffineModel

    init(_ request: FitRequest) throws {
        let train = try LabelledTrain(request)
        features = train.scaled
        let units = Self.units(train.features)
        let (width, count) = (units.columns, request.table.models.count)
        var weights = Matrix<Double>(repeating: 0, rows: width, columns: count)
        for model in 0..<count {
            let own = train.rows.indices.filter { train.models.isCorrect(train.rows[$0], model) }
            var mean = (own.isEmpty ? units : units.rows(own)).widened().means()
            let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if length > 0 { for column in 0..<width { mean[column] /= length } }
            for column in 0..<width { weights[column, model] = mean[column] }
        }
        prototypes = AffineModel(
            centre: [Double](repeating: 0, count: width),
            weights: weights,
            offset: [Double](repeating: 0, count: count)
        )
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(prototypes(Self.units(try features(for: rows, of: table, modality: modality))))
    }

    /// Rows at unit length; a zero row stays.
    private static func units(_ features: Matrix<Float>) -> Matrix<Float> {
        var result = features
        for (row, length) in features.rowLengths().enumerated() where length > 0 {
            for column in 0..<features.columns { result[row, column] = Float(Double(result[row, column]) / length) }
        }
        return result
    }
}

extension PrototypeRouter {
    static let kinds = [
        RouterKind("prototype", file: .read { try PrototypeRouter($0) }) { try PrototypeRouter($0) }
    ]
}
