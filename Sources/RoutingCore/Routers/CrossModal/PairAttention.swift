import Foundation

/// Multi-head attention between the two tokens of a sample.
///
/// For each head with queries q, keys k and values v of the tokens a, c ∈ {text, image} and head width h:
/// p_ac = softmax_c(q_a · k_c / √h), out_a = Σ_c p_ac v_c; in training each p_ac is dropped or scaled by `mask`.
/// - Reference: A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, equation 1 (arXiv 1706.03762).
struct PairAttention {
    let width: Int
    let heads: Int

    private var headWidth: Int { width / heads }

    /// Rows of `qkv` are `[2 · samples, 3 · width]`; `shares` and `mask` hold four numbers a sample and head.
    func forward(
        _ qkv: UnsafePointer<Float>,
        samples: Int,
        shares: UnsafeMutablePointer<Float>,
        mask: UnsafePointer<Float>?,
        into out: UnsafeMutablePointer<Float>
    ) {
        let scale = 1 / Float(headWidth).squareRoot()
        for sample in 0..<samples {
            for head in 0..<heads {
                let place = (sample * heads + head) * 4
                for a in 0..<2 {
                    let query = qkv + (2 * sample + a) * 3 * width + head * headWidth
                    var scores: (Float, Float) = (0, 0)
                    let first = qkv + 2 * sample * 3 * width + width + head * headWidth
                    let second = first + 3 * width
                    for index in 0..<headWidth {
                        scores.0 += query[index] * first[index]
                        scores.1 += query[index] * second[index]
                    }
                    let share = 1 / (1 + exp((scores.1 - scores.0) * scale))
                    (shares[place + 2 * a], shares[place + 2 * a + 1]) = (share, 1 - share)
                    let kept = (
                        share * (mask?[place + 2 * a] ?? 1), (1 - share) * (mask?[place + 2 * a + 1] ?? 1)
                    )
                    let target = out + (2 * sample + a) * width + head * headWidth
                    for index in 0..<headWidth {
                        target[index] = kept.0 * first[width + index] + kept.1 * second[width + index]
                    }
                }
            }
        }
    }

    /// From the gradient by `out` to that by queries, keys and values (overwritten).
    func backward(
        _ delta: UnsafePointer<Float>,
        _ qkv: UnsafePointer<Float>,
        samples: Int,
        shares: UnsafePointer<Float>,
        mask: UnsafePointer<Float>?,
        into gradient: UnsafeMutablePointer<Float>
    ) {
        let scale = 1 / Float(headWidth).squareRoot()
        for index in 0..<samples * 6 * width { gradient[index] = 0 }
        for sample in 0..<samples {
            for head in 0..<heads {
                let place = (sample * heads + head) * 4
                for a in 0..<2 {
                    let own = (2 * sample + a) * 3 * width + head * headWidth
                    let d = delta + (2 * sample + a) * width + head * headWidth
                    var slopes: (Float, Float) = (0, 0)
                    for c in 0..<2 {
                        let other = (2 * sample + c) * 3 * width + head * headWidth
                        let factor = mask?[place + 2 * a + c] ?? 1
                        let kept = shares[place + 2 * a + c] * factor
                        var product: Float = 0
                        for index in 0..<headWidth {
                            product += d[index] * qkv[other + 2 * width + index]
                            gradient[other + 2 * width + index] += kept * d[index]
                        }
                        if c == 0 { slopes.0 = product * factor } else { slopes.1 = product * factor }
                    }
                    // softmax over two: p₀ p₁ (slope₀ − slope₁), with opposite signs.
                    let pull = shares[place + 2 * a] * shares[place + 2 * a + 1] * (slopes.0 - slopes.1) * scale
                    for c in 0..<2 {
                        let other = (2 * sample + c) * 3 * width + head * headWidth
                        let force = c == 0 ? pull : -pull
                        for index in 0..<headWidth {
                            gradient[own + index] += force * qkv[other + width + index]
                            gradient[other + width + index] += force * qkv[own + index]
                        }
                    }
                }
            }
        }
    }
}
