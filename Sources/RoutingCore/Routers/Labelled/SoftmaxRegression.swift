import Foundation
import RouteGridBase
import RouterCatalog
import RoutingData

/// A linear map from scaled features to one score a model.
struct LinearScoreRouter: FittedRouter {
    let train: LabelledTrain
    let model: AffineModel

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(model(try train.features(for: rows, of: table, modality: modality)))
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
    static func fit(_ request: FitRequest) throws -> LinearScoreRouter {
        let parameters = TypedParameters(request.router)
        let labels = try SoftLabels.of(request)
        let train = try LabelledTrain(request, convention: .torch)
        let model = optimum(
            features: train.features.widened(),
            targets: labels.targets(for: train.rows, of: train.models),
            penalty: 1 / (try parameters.number("c")),
            iterations: try parameters.integer("iterations")
        )
        return LinearScoreRouter(train: train, model: model)
    }

    /// Features `[rows, width]` and targets `[rows, models]` to the model of least loss.
    static func optimum(
        features: Matrix<Double>,
        targets: Matrix<Double>,
        penalty: Double,
        iterations: Int
    ) -> AffineModel {
        let (width, models) = (features.columns, targets.columns)
        var parameters = [Double](repeating: 0, count: (width + 1) * models)
        var objective = SoftmaxObjective(features: features, targets: targets, penalty: penalty)
        LimitedMemoryBFGS(iterations: iterations).minimise(&parameters) { point, gradient in
            objective.evaluate(point, &gradient)
        }
        return AffineModel(
            centre: [Double](repeating: 0, count: width),
            weights: Matrix(rows: width, columns: models, elements: Array(parameters[..<(width * models)])),
            offset: Array(parameters[(width * models)...])
        )
    }
}

/// The penalised mean cross-entropy of softmax regression and its gradient; parameters are W row by row, then b.
struct SoftmaxObjective {
    private let features: Matrix<Double>
    private let targets: Matrix<Double>
    private let penalty: Double
    /// `[rows, models]`: logits, then their gradient.
    private var work: [Double]

    init(features: Matrix<Double>, targets: Matrix<Double>, penalty: Double) {
        (self.features, self.targets, self.penalty) = (features, targets, penalty)
        work = [Double](repeating: 0, count: targets.elements.count)
    }

    mutating func evaluate(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        OpenBLAS.prepare()
        let (rows, width, models) = (features.rows, features.columns, targets.columns)
        let biases = width * models
        var loss = 0.0
        work.withUnsafeMutableBufferPointer { z in
            features.elements.withUnsafeBufferPointer { x in
                parameters.withUnsafeBufferPointer { w in
                    gradient.withUnsafeMutableBufferPointer { g in
                        guard let x = x.baseAddress, let w = w.baseAddress, let z = z.baseAddress,
                            let g = g.baseAddress
                        else { return }
                        for row in 0..<rows {
                            for model in 0..<models { z[row * models + model] = w[biases + model] }
                        }
                        gemm(
                            .none,
                            .none,
                            rows: rows,
                            columns: models,
                            inner: width,
                            x,
                            leadingA: width,
                            w,
                            leadingB: models,
                            beta: 1,
                            z,
                            leadingC: models
                        )
                        for model in 0..<models { g[biases + model] = 0 }
                        for row in 0..<rows {
                            loss += Self.entropy(targets, row, z + row * models)
                            for model in 0..<models { g[biases + model] += z[row * models + model] }
                        }
                        gemm(
                            .transposed,
                            .none,
                            rows: width,
                            columns: models,
                            inner: rows,
                            x,
                            leadingA: width,
                            z,
                            leadingB: models,
                            g,
                            leadingC: models
                        )
                        var square = 0.0
                        for index in 0..<biases + models {
                            square += w[index] * w[index]
                            g[index] = g[index] / Double(rows) + penalty * w[index]
                        }
                        loss = loss / Double(rows) + penalty / 2 * square
                    }
                }
            }
        }
        return loss
    }

    /// A row's cross-entropy; its logits become softmax − target.
    private static func entropy(
        _ targets: Matrix<Double>,
        _ row: Int,
        _ z: UnsafeMutablePointer<Double>
    ) -> Double {
        let models = targets.columns
        var greatest = z[0]
        for model in 1..<max(models, 1) { greatest = max(greatest, z[model]) }
        var (total, fit, mass) = (0.0, 0.0, 0.0)
        for model in 0..<models {
            let target = targets[row, model]
            fit += target * (z[model] - greatest)
            mass += target
            z[model] = exp(z[model] - greatest)
            total += z[model]
        }
        for model in 0..<models { z[model] = mass * z[model] / total - targets[row, model] }
        return mass * log(total) - fit
    }
}
