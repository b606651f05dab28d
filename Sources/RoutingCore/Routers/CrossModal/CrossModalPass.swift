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
    let memories: [EncoderLayerMemory]
    /// `[samples, text]` and `[samples, image]`: where a batch's embeddings go.
    let text: UnsafeMutablePointer<Float>
    let image: UnsafeMutablePointer<Float>
    /// `[tokens, width]`: what the last layer says.
    let encoded: UnsafeMutablePointer<Float>
    let pooled: UnsafeMutablePointer<Float>
    let heads: [Head]
    let delta: UnsafeMutablePointer<Float>
    let branch: UnsafeMutablePointer<Float>
    let qkvDelta: UnsafeMutablePointer<Float>
    let wideDelta: UnsafeMutablePointer<Float>
    let pooledDelta: UnsafeMutablePointer<Float>

    struct Head {
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
}
