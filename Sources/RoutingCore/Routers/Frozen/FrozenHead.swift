import CKernels
import RouteGridBase
import RoutingData

/// A head on frozen features, as its training loop sees it.
protocol FrozenHead: Sendable {
    var parameterCount: Int { get }

    func initialParameters(using generator: inout Xoshiro256) -> [Float]

    /// The mean loss of a batch and its gradient by the parameters.
    ///
    /// `features` and `targets` hold the batch's rows; `rows` are their places in the train part.
    func lossAndGradient(
        _ parameters: [Float],
        _ features: Matrix<Float>,
        _ targets: Matrix<Float>,
        rows: ArraySlice<Int>,
        using generator: inout Xoshiro256,
        gradient: inout [Float]
    ) -> Double

    /// Logits `[rows, models]`.
    func scores(_ parameters: [Float], _ features: Matrix<Float>) -> Matrix<Double>

    /// Writes the parameters as named tensors, for a file of the fit.
    func write(_ parameters: [Float], to writer: inout FitWriter)
}

/// A dense layer that keeps nothing between calls.
struct DenseLayer: Sendable {
    let inputs: Int
    let outputs: Int

    var parameterCount: Int { outputs * (inputs + 1) }

    /// x Wᵀ + b for `[rows, inputs]`; W `[outputs, inputs]`, then b.
    func callAsFunction(_ parameters: ArraySlice<Float>, _ x: Matrix<Float>) -> Matrix<Float> {
        OpenBLAS.prepare()
        var y = Matrix<Float>(repeating: 0, rows: x.rows, columns: outputs)
        y.elements.withUnsafeMutableBufferPointer { y in
            x.elements.withUnsafeBufferPointer { values in
                parameters.withUnsafeBufferPointer { p in
                    guard let y = y.baseAddress, let values = values.baseAddress, let p = p.baseAddress else { return }
                    gemm(
                        .none,
                        .transposed,
                        rows: x.rows,
                        columns: outputs,
                        inner: inputs,
                        values,
                        leadingA: inputs,
                        p,
                        leadingB: inputs,
                        y,
                        leadingC: outputs
                    )
                    ck_add_bias(y, x.rows, outputs, outputs, p + outputs * inputs, 0)
                }
            }
        }
        return y
    }

    /// The gradient by the parameters, from that by the output, written to `gradient[place...]`.
    func backward(_ delta: Matrix<Float>, _ x: Matrix<Float>, into gradient: inout [Float], at place: Int) {
        precondition(place + parameterCount <= gradient.count, "a layer beyond its gradient")
        gradient.withUnsafeMutableBufferPointer { gradient in
            x.elements.withUnsafeBufferPointer { values in
                delta.elements.withUnsafeBufferPointer { delta in
                    guard let g = gradient.baseAddress, let x0 = values.baseAddress, let d = delta.baseAddress else {
                        return
                    }
                    gemm(
                        .transposed,
                        .none,
                        rows: outputs,
                        columns: inputs,
                        inner: x.rows,
                        d,
                        leadingA: outputs,
                        x0,
                        leadingB: inputs,
                        g + place,
                        leadingC: inputs
                    )
                    ck_sum_rows(d, x.rows, outputs, outputs, g + place + outputs * inputs)
                }
            }
        }
    }
}
