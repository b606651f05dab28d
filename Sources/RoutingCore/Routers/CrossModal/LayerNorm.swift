/// Layer normalisation over rows of one width: y = γ (x − mean) / √(var + 10⁻⁵) + β.
///
/// - Reference: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", arXiv 1607.06450, equation 4.
enum LayerNorm {
    private static let epsilon: Float = 1e-5

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
        for row in 0..<rows {
            let (x, hat) = (values + row * width, normal + row * width)
            var (sum, square): (Float, Float) = (0, 0)
            for column in 0..<width { sum += x[column] }
            let mean = sum / Float(width)
            for column in 0..<width { square += (x[column] - mean) * (x[column] - mean) }
            let factor = 1 / (square / Float(width) + epsilon).squareRoot()
            inverse[row] = factor
            for column in 0..<width {
                hat[column] = (x[column] - mean) * factor
                x[column] = hat[column] * scale[column] + shift[column]
            }
        }
    }

    /// Turns the gradient by y into the gradient by x, in place, and adds up those by γ and β.
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
        for column in 0..<width { (scaleGradient[column], shiftGradient[column]) = (0, 0) }
        for row in 0..<rows {
            let (d, hat) = (delta + row * width, normal + row * width)
            var (sum, product): (Float, Float) = (0, 0)
            for column in 0..<width {
                scaleGradient[column] += d[column] * hat[column]
                shiftGradient[column] += d[column]
                d[column] *= scale[column]
                sum += d[column]
                product += d[column] * hat[column]
            }
            let (mean, slope) = (sum / Float(width), product / Float(width))
            for column in 0..<width { d[column] = inverse[row] * (d[column] - mean - hat[column] * slope) }
        }
    }
}
