import CKernels
import Foundation
import RoutingData

/// The penalised mean cross-entropy of softmax regression and its gradient; parameters are W `[models, width]`, then b.
struct SoftmaxObjective {
    private let features: Matrix<Float>
    private let targets: Matrix<Double>
    private let penalty: Double
    /// `[blockRows, models]`: logits, then the loss's gradient by them.
    private var work: [Double]

    /// Rows that stay in cache from the logits to the gradient.
    private static let blockRows = 128

    /// `features` is `[rows, width]`, `targets` `[rows, models]`.
    init(features: Matrix<Float>, targets: Matrix<Double>, penalty: Double) {
        (self.features, self.targets, self.penalty) = (features, targets, penalty)
        work = [Double](repeating: 0, count: Self.blockRows * targets.columns)
    }

    mutating func evaluate(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
        let (rows, width, models) = (features.rows, features.columns, targets.columns)
        let biases = width * models
        var loss = 0.0
        for index in gradient.indices { gradient[index] = 0 }
        work.withUnsafeMutableBufferPointer { z in
            features.elements.withUnsafeBufferPointer { x in
                targets.elements.withUnsafeBufferPointer { t in
                    parameters.withUnsafeBufferPointer { w in
                        gradient.withUnsafeMutableBufferPointer { g in
                            guard let x = x.baseAddress, let w = w.baseAddress, let z = z.baseAddress,
                                let t = t.baseAddress, let g = g.baseAddress
                            else { return }
                            for start in stride(from: 0, to: rows, by: Self.blockRows) {
                                let count = min(Self.blockRows, rows - start)
                                ck_times_rows(x + start * width, count, width, w, models, z)
                                for row in 0..<count {
                                    let line = z + row * models
                                    for model in 0..<models { line[model] += w[biases + model] }
                                    loss += Self.entropy(t + (start + row) * models, line, models)
                                    for model in 0..<models { g[biases + model] += line[model] }
                                }
                                ck_add_outer(x + start * width, count, width, z, models, g)
                            }
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
        }
        return loss
    }

    /// A row's cross-entropy; its logits become softmax − target.
    private static func entropy(
        _ targets: UnsafePointer<Double>,
        _ z: UnsafeMutablePointer<Double>,
        _ models: Int
    ) -> Double {
        var greatest = z[0]
        for model in 1..<max(models, 1) { greatest = max(greatest, z[model]) }
        var (total, fit, mass) = (0.0, 0.0, 0.0)
        for model in 0..<models {
            fit += targets[model] * (z[model] - greatest)
            mass += targets[model]
            z[model] = exp(z[model] - greatest)
            total += z[model]
        }
        for model in 0..<models { z[model] = mass * z[model] / total - targets[model] }
        return mass * log(total) - fit
    }
}
