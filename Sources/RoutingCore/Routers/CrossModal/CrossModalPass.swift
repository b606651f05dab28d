import Foundation
import RouteGridBase

/// Forward and backward passes of the cross-modal transformer over at most `capacity` samples.
///
/// ```
/// tokens   x = [t Wₜᵀ + bₜ, v Wᵥᵀ + bᵥ]
/// layer    y = LN(x + attention(x)),   x ← LN(y + dropout(GELU(y W₁ᵀ + b₁) W₂ᵀ + b₂))
/// heads    p = mean of the two tokens;  quality, cost = GELU(p A₁ᵀ + a₁) A₂ᵀ + a₂, each with its own weights
/// ```
/// Not for sharing: one pass belongs to one training loop.
final class CrossModalPass {
    let shape: CrossModalShape
    let capacity: Int
    private let buffers = FloatBuffers()
    private let memories: [EncoderLayerMemory]
    /// `[samples, text]` and `[samples, image]`: where a batch's embeddings go.
    let text: UnsafeMutablePointer<Float>
    let image: UnsafeMutablePointer<Float>
    /// `[tokens, width]`: what the last layer says.
    private let encoded: UnsafeMutablePointer<Float>
    private let pooled: UnsafeMutablePointer<Float>
    private let heads: [Head]
    private let delta: UnsafeMutablePointer<Float>
    private let branch: UnsafeMutablePointer<Float>
    private let qkvDelta: UnsafeMutablePointer<Float>
    private let wideDelta: UnsafeMutablePointer<Float>
    private let pooledDelta: UnsafeMutablePointer<Float>

    private struct Head {
        let name: String
        let active: UnsafeMutablePointer<Float>
        let slope: UnsafeMutablePointer<Float>
        let output: UnsafeMutablePointer<Float>
        let outputDelta: UnsafeMutablePointer<Float>
        let delta: UnsafeMutablePointer<Float>
    }

    init(_ shape: CrossModalShape, capacity: Int) {
        OpenBLAS.prepare()
        self.shape = shape
        self.capacity = capacity
        let (buffers, tokens) = (buffers, 2 * capacity)
        text = buffers.make(capacity * shape.text)
        image = buffers.make(capacity * shape.image)
        memories = (0..<shape.layers).map { _ in
            EncoderLayerMemory(shape, samples: capacity, input: buffers.make(tokens * shape.width), buffers)
        }
        encoded = buffers.make(tokens * shape.width)
        pooled = buffers.make(capacity * shape.width)
        heads = ["head_perf", "head_cost"].map { name in
            Head(
                name: name,
                active: buffers.make(capacity * shape.width),
                slope: buffers.make(capacity * shape.width),
                output: buffers.make(capacity * shape.models),
                outputDelta: buffers.make(capacity * shape.models),
                delta: buffers.make(capacity * shape.width)
            )
        }
        delta = buffers.make(tokens * shape.width)
        branch = buffers.make(tokens * shape.width)
        qkvDelta = buffers.make(tokens * 3 * shape.width)
        wideDelta = buffers.make(tokens * shape.feedforward)
        pooledDelta = buffers.make(capacity * shape.width)
    }

    /// `[samples, models]`: predicted quality and cost, after `forward`.
    var quality: UnsafeMutablePointer<Float> { heads[0].output }
    var cost: UnsafeMutablePointer<Float> { heads[1].output }
    /// The loss's gradients by them, to be filled before `backward`.
    var qualityGradient: UnsafeMutablePointer<Float> { heads[0].outputDelta }
    var costGradient: UnsafeMutablePointer<Float> { heads[1].outputDelta }

    /// Draws which shares and units are dropped; without a call nothing is.
    func drop(_ share: Double, samples: Int, using generator: inout Xoshiro256) {
        let scale = Float(1 / (1 - share))
        for memory in memories {
            for index in 0..<samples * shape.heads * 4 {
                memory.shareMask[index] = generator.uniform() < share ? 0 : scale
            }
            for index in 0..<2 * samples * shape.width {
                memory.dropped[index] = generator.uniform() < share ? 0 : scale
            }
        }
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
        let b = p + shape.place(name + bias).lowerBound
        for row in 0..<rows { for column in 0..<outputs { y[row * leading + column] += b[column] } }
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
        let b = g + shape.place(name + bias).lowerBound
        for column in 0..<outputs { b[column] = 0 }
        for row in 0..<rows { for column in 0..<outputs { b[column] += dy[row * leading + column] } }
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
                gelu(head.active, slope: head.slope, count: samples * width)
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
        for index in 0..<tokens * width { memory.middle[index] += memory.input[index] }
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
        gelu(memory.active, slope: memory.slope, count: tokens * shape.feedforward)
        dense(
            name + ".ff.2",
            p,
            memory.active,
            rows: tokens,
            inputs: shape.feedforward,
            outputs: width,
            into: next
        )
        for index in 0..<tokens * width {
            next[index] = memory.middle[index] + (drops ? memory.dropped[index] * next[index] : next[index])
        }
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
                    for index in 0..<samples * width { head.delta[index] *= head.slope[index] }
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
        for index in 0..<tokens * width {
            branch[index] = drops ? memory.dropped[index] * delta[index] : delta[index]
        }
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
        for index in 0..<tokens * shape.feedforward { wideDelta[index] *= memory.slope[index] }
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
}

/// GELU in place, x Φ(x), with its slope Φ(x) + x φ(x).
///
/// - Reference: D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units", arXiv 1606.08415.
private func gelu(_ values: UnsafeMutablePointer<Float>, slope: UnsafeMutablePointer<Float>, count: Int) {
    let (root, density): (Float, Float) = (0.707_106_77, 0.398_942_28)
    for index in 0..<count {
        let x = values[index]
        let chance = 0.5 * (1 + erf(x * root))
        slope[index] = chance + x * density * exp(-0.5 * x * x)
        values[index] = x * chance
    }
}
