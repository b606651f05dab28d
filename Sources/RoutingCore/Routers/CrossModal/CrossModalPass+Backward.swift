import CKernels

extension CrossModalPass {
    /// Computes the gradient by every parameter from both output gradients, after `forward` of the same samples.
    func backward(_ parameters: [Float], samples: Int, drops: Bool, gradient: inout [Float]) {
        precondition(gradient.count == shape.parameterCount, "a gradient of another shape")
        parameters.withUnsafeBufferPointer { parameters in
            gradient.withUnsafeMutableBufferPointer { gradient in
                guard let p = parameters.baseAddress, let g = gradient.baseAddress else { return }
                let width = shape.width
                for (place, head) in heads.enumerated() {
                    denseBackward(
                        head.name + ".2",
                        p,
                        g,
                        head.active,
                        head.outputDelta,
                        rows: samples,
                        inputs: width,
                        outputs: shape.models,
                        into: head.delta
                    )
                    ck_multiply(head.delta, head.slope, samples * width)
                    denseBackward(
                        head.name + ".0",
                        p,
                        g,
                        pooled,
                        head.delta,
                        rows: samples,
                        inputs: width,
                        outputs: width,
                        into: pooledDelta,
                        adds: place > 0
                    )
                }
                for sample in 0..<samples {
                    for column in 0..<width {
                        let half = pooledDelta[sample * width + column] / 2
                        delta[2 * sample * width + column] = half
                        delta[(2 * sample + 1) * width + column] = half
                    }
                }
                for layer in (0..<shape.layers).reversed() {
                    decode(memories[layer], CrossModalShape.prefix(layer), p, g, samples, drops: drops)
                }
                denseBackward(
                    "proj_text",
                    p,
                    g,
                    text,
                    delta,
                    rows: samples,
                    inputs: shape.text,
                    outputs: width,
                    leading: 2 * width,
                    into: nil
                )
                denseBackward(
                    "proj_img",
                    p,
                    g,
                    image,
                    delta + width,
                    rows: samples,
                    inputs: shape.image,
                    outputs: width,
                    leading: 2 * width,
                    into: nil
                )
            }
        }
    }

    /// Turns `delta` from the gradient by a layer's output into that by its input.
    private func decode(
        _ memory: EncoderLayerMemory,
        _ name: String,
        _ p: UnsafePointer<Float>,
        _ g: UnsafeMutablePointer<Float>,
        _ samples: Int,
        drops: Bool
    ) {
        let (width, tokens) = (shape.width, 2 * samples)
        LayerNorm.backward(
            delta,
            rows: tokens,
            width: width,
            scale: p + shape.place(name + ".norm2.weight").lowerBound,
            normal: memory.normal2,
            inverse: memory.inverse2,
            scaleGradient: g + shape.place(name + ".norm2.weight").lowerBound,
            shiftGradient: g + shape.place(name + ".norm2.bias").lowerBound
        )
        branch.update(from: delta, count: tokens * width)
        if drops { ck_multiply(branch, memory.dropped, tokens * width) }
        denseBackward(
            name + ".ff.2",
            p,
            g,
            memory.active,
            branch,
            rows: tokens,
            inputs: shape.feedforward,
            outputs: width,
            into: wideDelta
        )
        ck_multiply(wideDelta, memory.slope, tokens * shape.feedforward)
        denseBackward(
            name + ".ff.0",
            p,
            g,
            memory.middle,
            wideDelta,
            rows: tokens,
            inputs: width,
            outputs: shape.feedforward,
            into: delta,
            adds: true
        )
        LayerNorm.backward(
            delta,
            rows: tokens,
            width: width,
            scale: p + shape.place(name + ".norm1.weight").lowerBound,
            normal: memory.normal1,
            inverse: memory.inverse1,
            scaleGradient: g + shape.place(name + ".norm1.weight").lowerBound,
            shiftGradient: g + shape.place(name + ".norm1.bias").lowerBound
        )
        denseBackward(
            name + ".self_attn.out_proj",
            p,
            g,
            memory.attended,
            delta,
            rows: tokens,
            inputs: width,
            outputs: width,
            into: branch
        )
        PairAttention(width: width, heads: shape.heads).backward(
            branch,
            memory.qkv,
            samples: samples,
            shares: memory.shares,
            mask: drops ? UnsafePointer(memory.shareMask) : nil,
            into: qkvDelta
        )
        denseBackward(
            name + ".self_attn",
            p,
            g,
            memory.input,
            qkvDelta,
            rows: tokens,
            inputs: width,
            outputs: 3 * width,
            into: delta,
            adds: true,
            weight: ".in_proj_weight",
            bias: ".in_proj_bias"
        )
    }

    /// Gradients of a named dense layer: by its parameters into `g`, by its input into `dx` (added when `adds`).
    private func denseBackward(
        _ name: String,
        _ p: UnsafePointer<Float>,
        _ g: UnsafeMutablePointer<Float>,
        _ x: UnsafePointer<Float>,
        _ dy: UnsafePointer<Float>,
        rows: Int,
        inputs: Int,
        outputs: Int,
        leading: Int? = nil,
        into dx: UnsafeMutablePointer<Float>?,
        adds: Bool = false,
        weight: String = ".weight",
        bias: String = ".bias"
    ) {
        let leading = leading ?? outputs
        gemm(
            .transposed,
            .none,
            rows: outputs,
            columns: inputs,
            inner: rows,
            dy,
            leadingA: leading,
            x,
            leadingB: inputs,
            g + shape.place(name + weight).lowerBound,
            leadingC: inputs
        )
        ck_sum_rows(dy, rows, outputs, leading, g + shape.place(name + bias).lowerBound)
        guard let dx else { return }
        gemm(
            .none,
            .none,
            rows: rows,
            columns: inputs,
            inner: outputs,
            dy,
            leadingA: leading,
            p + shape.place(name + weight).lowerBound,
            leadingB: inputs,
            beta: adds ? 1 : 0,
            dx,
            leadingC: inputs
        )
    }
}
