import CKernels

extension CrossModalPass {
    /// Computes both predictions of the first `samples` samples.
    func forward(_ parameters: [Float], samples: Int, drops: Bool) {
        precondition(samples <= capacity && parameters.count == shape.parameterCount, "a batch beyond its memory")
        parameters.withUnsafeBufferPointer { parameters in
            guard let p = parameters.baseAddress else { return }
            let width = shape.width
            let tokens = memories.first?.input ?? encoded
            dense(
                "proj_text",
                p,
                text,
                rows: samples,
                inputs: shape.text,
                outputs: width,
                into: tokens,
                leading: 2 * width
            )
            dense(
                "proj_img",
                p,
                image,
                rows: samples,
                inputs: shape.image,
                outputs: width,
                into: tokens + width,
                leading: 2 * width
            )
            for layer in 0..<shape.layers {
                let next = layer + 1 < shape.layers ? memories[layer + 1].input : encoded
                encode(memories[layer], CrossModalShape.prefix(layer), p, samples, drops: drops, into: next)
            }
            for sample in 0..<samples {
                for column in 0..<width {
                    let token = encoded + 2 * sample * width + column
                    pooled[sample * width + column] = (token[0] + token[width]) / 2
                }
            }
            for head in heads {
                dense(head.name + ".0", p, pooled, rows: samples, inputs: width, outputs: width, into: head.active)
                ck_gelu(head.active, head.slope, samples * width)
                dense(
                    head.name + ".2",
                    p,
                    head.active,
                    rows: samples,
                    inputs: width,
                    outputs: shape.models,
                    into: head.output
                )
            }
        }
    }

    private func encode(
        _ memory: EncoderLayerMemory,
        _ name: String,
        _ p: UnsafePointer<Float>,
        _ samples: Int,
        drops: Bool,
        into next: UnsafeMutablePointer<Float>
    ) {
        let (width, tokens) = (shape.width, 2 * samples)
        let attention = PairAttention(width: width, heads: shape.heads)
        dense(
            name + ".self_attn",
            p,
            memory.input,
            rows: tokens,
            inputs: width,
            outputs: 3 * width,
            into: memory.qkv,
            weight: ".in_proj_weight",
            bias: ".in_proj_bias"
        )
        attention.forward(
            memory.qkv,
            samples: samples,
            shares: memory.shares,
            mask: drops ? UnsafePointer(memory.shareMask) : nil,
            into: memory.attended
        )
        dense(
            name + ".self_attn.out_proj",
            p,
            memory.attended,
            rows: tokens,
            inputs: width,
            outputs: width,
            into: memory.middle
        )
        ck_add(memory.middle, memory.input, tokens * width)
        LayerNorm.forward(
            memory.middle,
            rows: tokens,
            width: width,
            scale: p + shape.place(name + ".norm1.weight").lowerBound,
            shift: p + shape.place(name + ".norm1.bias").lowerBound,
            normal: memory.normal1,
            inverse: memory.inverse1
        )
        dense(
            name + ".ff.0",
            p,
            memory.middle,
            rows: tokens,
            inputs: width,
            outputs: shape.feedforward,
            into: memory.active
        )
        ck_gelu(memory.active, memory.slope, tokens * shape.feedforward)
        dense(
            name + ".ff.2",
            p,
            memory.active,
            rows: tokens,
            inputs: shape.feedforward,
            outputs: width,
            into: next
        )
        if drops { ck_multiply(next, memory.dropped, tokens * width) }
        ck_add(next, memory.middle, tokens * width)
        LayerNorm.forward(
            next,
            rows: tokens,
            width: width,
            scale: p + shape.place(name + ".norm2.weight").lowerBound,
            shift: p + shape.place(name + ".norm2.bias").lowerBound,
            normal: memory.normal2,
            inverse: memory.inverse2
        )
    }

    /// y = x Wᵀ + b of a named layer.
    private func dense(
        _ name: String,
        _ p: UnsafePointer<Float>,
        _ x: UnsafePointer<Float>,
        rows: Int,
        inputs: Int,
        outputs: Int,
        into y: UnsafeMutablePointer<Float>,
        leading: Int? = nil,
        weight: String = ".weight",
        bias: String = ".bias"
    ) {
        let leading = leading ?? outputs
        gemm(
            .none,
            .transposed,
            rows: rows,
            columns: outputs,
            inner: inputs,
            x,
            leadingA: inputs,
            p + shape.place(name + weight).lowerBound,
            leadingB: inputs,
            y,
            leadingC: leading
        )
        ck_add_bias(y, rows, outputs, leading, p + shape.place(name + bias).lowerBound, 0)
    }
}
