import CKernels
import RoutingData

/// A trained perceptron: features in, outputs out.
struct Perceptron: Sendable {
    let shape: PerceptronShape
    let parameters: [Float]

    /// Rows a pass takes at once.
    private static let blockRows = 256

    /// Outputs `[rows, outputs]` of features `[rows, inputs]`.
    func callAsFunction(_ features: Matrix<Float>) -> Matrix<Double> {
        let pass = PerceptronPass(shape, capacity: min(Self.blockRows, max(features.rows, 1)))
        var result = Matrix<Double>(repeating: 0, rows: features.rows, columns: shape.outputs)
        for start in stride(from: 0, to: features.rows, by: Self.blockRows) {
            let rows = Array(start..<min(start + Self.blockRows, features.rows))
            gather(rows[...], features, into: pass.input)
            pass.forward(parameters, rows: rows.count)
            result.elements.withUnsafeMutableBufferPointer { out in
                guard let out = out.baseAddress else { return }
                ck_widen(pass.output, out + start * shape.outputs, rows.count * shape.outputs)
            }
        }
        return result
    }
}
