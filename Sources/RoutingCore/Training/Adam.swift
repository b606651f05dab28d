import CKernels

/// Adam and AdamW over one flat vector of float32 parameters.
///
/// With gradient g, step number t and decay w (added to g when coupled, as torch's Adam; p ← (1 − rate · w) p before
/// the step when decoupled, as AdamW):
/// ```
/// m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
/// p ← p − rate/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
/// ```
/// - Reference: D. P. Kingma, J. Ba, "Adam", ICLR 2015, algorithm 1 (arXiv 1412.6980); I. Loshchilov, F. Hutter,
///   "Decoupled Weight Decay Regularization", ICLR 2019 (arXiv 1711.05101).
struct Adam {
    enum Decay {
        case coupled(Float)
        case decoupled(Float)
    }

    var rate: Float
    var decay = Decay.coupled(0)
    private var first: [Float]
    private var second: [Float]
    private var steps = 0

    private static let (beta1, beta2, epsilon): (Float, Float, Float) = (0.9, 0.999, 1e-8)

    init(parameterCount: Int, rate: Double, decay: Decay = .coupled(0)) {
        self.rate = Float(rate)
        self.decay = decay
        first = [Float](repeating: 0, count: parameterCount)
        second = first
    }

    /// Moves the parameters by one step along their gradient.
    mutating func step(_ parameters: inout [Float], gradient: [Float]) {
        precondition(parameters.count == first.count && gradient.count == first.count, "parameters of another shape")
        steps += 1
        let correction1 = 1 - Float.power(Self.beta1, steps)
        let correction2 = 1 - Float.power(Self.beta2, steps)
        let step = ck_adam_step(
            beta1: Self.beta1,
            beta2: Self.beta2,
            epsilon: Self.epsilon,
            length: rate / correction1,
            root: 1 / correction2.squareRoot(),
            added: { if case .coupled(let weight) = decay { weight } else { 0 } }(),
            kept: { if case .decoupled(let weight) = decay { 1 - rate * weight } else { 1 } }()
        )
        ck_adam(&parameters, gradient, &first, &second, parameters.count, step)
    }
}

extension Float {
    /// base to a whole power, by float64 multiplication.
    static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, rest) = (1.0, Double(base), exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return Float(result)
    }
}
