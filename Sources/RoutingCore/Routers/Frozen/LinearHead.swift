import RouteGridBase
import RoutingData

/// Dropout on the features, then one dense layer; soft cross-entropy.
///
/// The Kullback–Leibler divergence to the soft labels differs from the cross-entropy by a constant of the labels, so
/// both originals share the gradient.
struct LinearHead: FrozenHead {
    let layer: DenseLayer
    /// Share of feature entries set to 0 in training; the others grow by 1/(1 − share).
    let dropout: Double

    var parameterCount: Int { layer.parameterCount }

    func initialParameters(using generator: inout Xoshiro256) -> [Float] {
        InitialWeights.dense(inputs: layer.inputs, outputs: layer.outputs, using: &generator)
    }

    func lossAndGradient(
        _ parameters: [Float],
        _ features: Matrix<Float>,
        _ targets: Matrix<Float>,
        rows: ArraySlice<Int>,
        using generator: inout Xoshiro256,
        gradient: inout [Float]
    ) -> Double {
        var kept = features
        if dropout > 0 {
            let scale = Float(1 / (1 - dropout))
            for index in kept.elements.indices { kept.elements[index] *= generator.uniform() < dropout ? 0 : scale }
        }
        let logits = layer(parameters[...], kept)
        var delta = logits
        let loss = delta.elements.withUnsafeMutableBufferPointer { delta in
            logits.elements.withUnsafeBufferPointer { z in
                targets.elements.withUnsafeBufferPointer { t in
                    guard let z = z.baseAddress, let t = t.baseAddress, let delta = delta.baseAddress else {
                        return 0.0
                    }
                    return Loss.crossEntropy(z, t, rows: features.rows, columns: layer.outputs, gradient: delta)
                }
            }
        }
        layer.backward(delta, kept, into: &gradient, at: 0)
        return loss
    }

    func scores(_ parameters: [Float], _ features: Matrix<Float>) -> Matrix<Double> {
        layer(parameters[...], features).widened()
    }
}
