import Catalog
import Foundation
import RouteGridBase
import RoutingData

/// Router `ovr`: for each model a balanced logistic regression of "this model answers correctly".
///
/// Over the rows that some model answers correctly, with y = ±1 and class weights s = n ÷ (2 · rows of the class):
/// minimise c Σ_i s_i log(1 + exp(−y_i (x_i w + b))) + ‖w‖²/2, the bias free. Scores are probabilities: 0 for a model
/// that is never correct, 1 for one that always is. Features are scaled by all train rows. Costs play no part.
/// - Reference: VL-RouterBench (arXiv 2512.23562), scikit-learn's `LogisticRegression(class_weight: balanced)`; solved
///   to the optimum here, where scikit-learn stops at its tolerance.
struct OneVersusRestRouter: FittedRouter {
    let features: ScaledFeatures
    let model: AffineModel

    init(_ request: FitRequest) throws {
        let parameters = TypedParameters(request.router)
        let train = try LabelledTrain(request, scalesByAllRows: true)
        self.features = train.scaled
        let (c, iterations) = (try parameters.number("c"), try parameters.integer("iterations"))
        let features = train.features.widened()
        let (width, count) = (features.columns, request.table.models.count)
        var weights = Matrix<Double>(repeating: 0, rows: width, columns: count)
        var offset = [Double](repeating: 0, count: count)
        for model in 0..<count {
            // A missing outcome trains nobody.
            let known = train.rows.indices.filter { !request.table.quality[train.rows[$0], model].isNaN }
            let signs = known.map { train.models.isCorrect(train.rows[$0], model) ? 1.0 : -1.0 }
            let positives = signs.filter { $0 > 0 }.count
            guard positives > 0, positives < signs.count else {
                offset[model] = positives > 0 ? .infinity : -.infinity
                continue
            }
            var point = [Double](repeating: 0, count: width + 1)
            var objective = BalancedLogistic(
                features: known.count == features.rows ? features : features.rows(known),
                signs: signs,
                strength: c
            )
            LimitedMemoryBFGS(iterations: iterations, tolerance: 1e-6).minimise(&point) { objective.evaluate($0, &$1) }
            for column in 0..<width { weights[column, model] = point[column] }
            offset[model] = point[width]
        }
        model = AffineModel(centre: [Double](repeating: 0, count: width), weights: weights, offset: offset)
    }

    func output(for rows: [Int], of table: OutcomeTable, modality: Modality?) throws -> RouterOutput {
        .scores(Self.probabilities(model(try features(for: rows, of: table, modality: modality))))
    }

    /// Logits as probabilities.
    static func probabilities(_ logits: Matrix<Double>) -> Matrix<Double> {
        var scores = logits
        for index in scores.elements.indices { scores.elements[index] = 1 / (1 + exp(-scores.elements[index])) }
        return scores
    }
}

/// The balanced logistic loss and its gradient; parameters are w, then b.
struct BalancedLogistic {
    private let features: Matrix<Double>
    private let signs: [Double]
    private let weights: [Double]
    private var work: [Double]

    init(features: Matrix<Double>, signs: [Double], strength: Double) {
        self.features = features
        self.signs = signs
        let count = Double(signs.count)
        let positives = Double(signs.filter { $0 > 0 }.count)
        weights = signs.map { strength * count / (2 * ($0 > 0 ? positives : count - positives)) }
        work = [Double](repeating: 0, count: signs.count)
    }

    mutating func evaluate(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        OpenBLAS.prepare()
        let (rows, width) = (features.rows, features.columns)
        var loss = 0.0
        work.withUnsafeMutableBufferPointer { z in
            features.elements.withUnsafeBufferPointer { x in
                parameters.withUnsafeBufferPointer { w in
                    gradient.withUnsafeMutableBufferPointer { g in
                        guard let x = x.baseAddress, let wb = w.baseAddress, let zb = z.baseAddress,
                            let gb = g.baseAddress
                        else { return }
                        gemv(.none, rows: rows, columns: width, x, wb, zb)
                        var bias = 0.0
                        for row in 0..<rows {
                            let margin = signs[row] * (z[row] + w[width])
                            // log(1 + exp(−m)) without overflow.
                            let small = exp(-abs(margin))
                            loss += weights[row] * (log1p(small) + max(-margin, 0))
                            let chance = margin > 0 ? small / (1 + small) : 1 / (1 + small)
                            z[row] = -signs[row] * weights[row] * chance
                            bias += z[row]
                        }
                        gemv(.transposed, rows: rows, columns: width, x, zb, gb)
                        for column in 0..<width {
                            loss += w[column] * w[column] / 2
                            g[column] += w[column]
                        }
                        g[width] = bias
                    }
                }
            }
        }
        return loss
    }
}

extension OneVersusRestRouter {
    static let kinds = [
        RouterKind("ovr", file: .read { try OneVersusRestRouter($0) }) { try OneVersusRestRouter($0) }
    ]
}
