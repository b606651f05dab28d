import CKernels

/// Layer normalisation over rows of one width: y = γ (x − mean) / √(var + 10⁻⁵) + β.
///
/// - Reference: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", arXiv 1607.06450, equation 4.
enum LayerNorm {
    /// Normalises in place: `values` become y; `normal` receives (x − mean)/deviation, `inverse` 1/deviation a row.
    static func forward(
        _ values: UnsafeMutablePointer<Float>,
        rows: Int,
        width: Int,
        scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>,
        normal: UnsafeMutablePointer<Float>,
        inverse: UnsafeMutablePointer<Float>
    ) {
        ck_norm(values, rows, width, scale, shift, normal, inverse)
    }

    /// Turns the gradient by y into the gradient by x, in place, and sums up those by γ and β.
    static func backward(
        _ delta: UnsafeMutablePointer<Float>,
        rows: Int,
        width: Int,
        scale: UnsafePointer<Float>,
        normal: UnsafePointer<Float>,
        inverse: UnsafePointer<Float>,
        scaleGradient: UnsafeMutablePointer<Float>,
        shiftGradient: UnsafeMutablePointer<Float>
    ) {
        ck_norm_gradient(delta, rows, width, scale, normal, inverse, scaleGradient, shiftGradient)
    }
}
