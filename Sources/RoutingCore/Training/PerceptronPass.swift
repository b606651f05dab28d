import CKernels

/// The working memory of one network: forward and backward passes over at most `capacity` rows, nothing allocated in
/// between.
///
/// Not for sharing: one pass belongs to one training loop.
final class PerceptronPass {
    let shape: PerceptronShape
    let capacity: Int
    /// `activations[l]` is the input of layer l, `[capacity, widths[l]]`; the last one is the output.
    private let activations: [UnsafeMutablePointer<Float>]
    /// Gradients of the loss by the outputs of each layer.
    private let deltas: [UnsafeMutablePointer<Float>]

    init(_ shape: PerceptronShape, capacity: Int) {
        OpenBLAS.prepare()
        self.shape = shape
        self.capacity = capacity
        activations = shape.widths.map { Self.zeros(capacity * $0) }
        deltas = shape.widths.dropFirst().map { Self.zeros(capacity * $0) }
    }

    deinit { for buffer in activations + deltas { buffer.deallocate() } }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<Float> {
        let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
        buffer.initialize(repeating: 0, count: max(count, 1))
        return buffer
    }

    /// Where the batch's features go, `[rows, inputs]`.
    var input: UnsafeMutablePointer<Float> { activations[0] }
    /// What the network says, `[rows, outputs]`, after `forward`.
    var output: UnsafeMutablePointer<Float> { activations[shape.layerCount] }
    /// The loss's gradient by the output, `[rows, outputs]`, to be filled before `backward`.
    var outputGradient: UnsafeMutablePointer<Float> { deltas[shape.layerCount - 1] }

    /// Computes the output of the first `rows` rows of the input.
    func forward(_ parameters: [Float], rows: Int) {
        precondition(rows <= capacity && parameters.count == shape.parameterCount, "a batch beyond its memory")
        parameters.withUnsafeBufferPointer { parameters in
            guard let p = parameters.baseAddress else { return }
            for layer in 0..<shape.layerCount {
                let (inputs, outputs) = (shape.widths[layer], shape.widths[layer + 1])
                let next = activations[layer + 1]
                gemm(
                    .none,
                    .transposed,
                    rows: rows,
                    columns: outputs,
                    inner: inputs,
                    activations[layer],
                    leadingA: inputs,
                    p + shape.weights(layer),
                    leadingB: inputs,
                    next,
                    leadingC: outputs
                )
                ck_add_bias(next, rows, outputs, outputs, p + shape.biases(layer), shape.rectifies[layer] ? 1 : 0)
            }
        }
    }

    /// Computes the gradient by every parameter from `outputGradient`, after `forward` of the same rows.
    func backward(_ parameters: [Float], rows: Int, gradient: inout [Float]) {
        precondition(gradient.count == shape.parameterCount, "a gradient of another shape")
        parameters.withUnsafeBufferPointer { parameters in
            gradient.withUnsafeMutableBufferPointer { gradient in
                guard let p = parameters.baseAddress, let g = gradient.baseAddress else { return }
                for layer in (0..<shape.layerCount).reversed() { backward(layer, p, rows, g) }
            }
        }
    }

    private func backward(
        _ layer: Int,
        _ p: UnsafePointer<Float>,
        _ rows: Int,
        _ g: UnsafeMutablePointer<Float>
    ) {
        let (inputs, outputs) = (shape.widths[layer], shape.widths[layer + 1])
        let delta = deltas[layer]
        if shape.rectifies[layer] { ck_cut(delta, activations[layer + 1], rows * outputs) }
        gemm(
            .transposed,
            .none,
            rows: outputs,
            columns: inputs,
            inner: rows,
            delta,
            leadingA: outputs,
            activations[layer],
            leadingB: inputs,
            g + shape.weights(layer),
            leadingC: inputs
        )
        ck_sum_rows(delta, rows, outputs, outputs, g + shape.biases(layer))
        guard layer > 0 else { return }
        gemm(
            .none,
            .none,
            rows: rows,
            columns: inputs,
            inner: outputs,
            delta,
            leadingA: outputs,
            p + shape.weights(layer),
            leadingB: inputs,
            deltas[layer - 1],
            leadingC: inputs
        )
    }
}
