/// Float32 working memory by name's sake: buffers that live as long as their owner.
final class FloatBuffers {
    private var buffers: [UnsafeMutablePointer<Float>] = []

    deinit { for buffer in buffers { buffer.deallocate() } }

    /// Zeros.
    func make(_ count: Int) -> UnsafeMutablePointer<Float> {
        let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(count, 1))
        buffer.initialize(repeating: 0, count: max(count, 1))
        buffers.append(buffer)
        return buffer
    }
}

/// What one encoder layer keeps from its forward pass for its backward pass; two token rows a sample.
struct EncoderLayerMemory {
    /// `[tokens, width]`: what came in.
    let input: UnsafeMutablePointer<Float>
    /// `[tokens, 3 · width]`.
    let qkv: UnsafeMutablePointer<Float>
    /// Four attention shares a sample and head, and what dropout makes of them.
    let shares: UnsafeMutablePointer<Float>
    let shareMask: UnsafeMutablePointer<Float>
    /// `[tokens, width]`.
    let attended: UnsafeMutablePointer<Float>
    let normal1: UnsafeMutablePointer<Float>
    let inverse1: UnsafeMutablePointer<Float>
    /// `[tokens, width]`: after the first norm.
    let middle: UnsafeMutablePointer<Float>
    /// `[tokens, feedforward]`: GELU's value and slope.
    let active: UnsafeMutablePointer<Float>
    let slope: UnsafeMutablePointer<Float>
    /// `[tokens, width]`.
    let dropped: UnsafeMutablePointer<Float>
    let normal2: UnsafeMutablePointer<Float>
    let inverse2: UnsafeMutablePointer<Float>

    init(_ shape: CrossModalShape, samples: Int, input: UnsafeMutablePointer<Float>, _ buffers: FloatBuffers) {
        let tokens = 2 * samples
        self.input = input
        qkv = buffers.make(tokens * 3 * shape.width)
        shares = buffers.make(samples * shape.heads * 4)
        shareMask = buffers.make(samples * shape.heads * 4)
        attended = buffers.make(tokens * shape.width)
        normal1 = buffers.make(tokens * shape.width)
        inverse1 = buffers.make(tokens)
        middle = buffers.make(tokens * shape.width)
        active = buffers.make(tokens * shape.feedforward)
        slope = buffers.make(tokens * shape.feedforward)
        dropped = buffers.make(tokens * shape.width)
        normal2 = buffers.make(tokens * shape.width)
        inverse2 = buffers.make(tokens)
    }
}
