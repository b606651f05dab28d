import Catalog
import Foundation
import RouteGridBase
import RoutingData

/// A linear map from scaled features to one score a model.
struct LinearScoreRouter: FittedRouter {
    let features: ScaledFeatures
    let model: AffineModel

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(model(try features(for: rows, of: table, modality: modality)))
    }
}

/// Router `softmax`: softmax regression on soft labels (the benchmark calls it Linear).
///
/// Minimises over weights W `[width, models]` and biases b, both penalised, as the peer's code does:
/// ```
/// −(1/n) Σ_i Σ_j t_i(j) log softmax(x_i W + b)_j  +  (‖W‖² + ‖b‖²) / (2 c)
/// ```
/// by L-BFGS in float64 to the optimum, which is unique. Scores are the logits.
/// - Reference: VL-RouterBench (arXiv 2512.23562), its Linear router.
enum SoftmaxRegression {
    /// The largest slope that counts as none: logits are then right to about 10⁻⁵.
    private static let tolerance = 1e-6

    static func fit(_ request: FitRequest) throws -> LinearScoreRouter {
        let parameters = TypedParameters(request.router)
        let labels = try SoftLabels.of(request)
        let train = try LabelledTrain(request, convention: .torch)
        let model = optimum(
            features: train.features,
            targets: labels.targets(for: train.rows, of: train.models),
            penalty: 1 / (try parameters.number("c")),
            iterations: try parameters.integer("iterations")
        )
        return LinearScoreRouter(features: train.scaled, model: model)
    }

    /// Features `[rows, width]` and targets `[rows, models]` to the model of least loss.
    static func optimum(
        features: Matrix<Float>,
        targets: Matrix<Double>,
        penalty: Double,
        iterations: Int
    ) -> AffineModel {
        let (width, models) = (features.columns, targets.columns)
        var parameters = [Double](repeating: 0, count: (width + 1) * models)
        var objective = SoftmaxObjective(features: features, targets: targets, penalty: penalty)
        LimitedMemoryBFGS(iterations: iterations, tolerance: tolerance).minimise(&parameters) { point, gradient in
            objective.evaluate(point, &gradient)
        }
        return AffineModel(
            centre: [Double](repeating: 0, count: width),
            weights: Matrix(rows: models, columns: width, elements: Array(parameters[..<(width * models)]))
                .transposed(),
            offset: Array(parameters[(width * models)...])
        )
    }
}

extension SoftmaxRegression {
    static let kinds = [
        RouterKind("softmax", file: .read { try LinearScoreRouter($0) }) { try SoftmaxRegression.fit($0) }
    ]
}
