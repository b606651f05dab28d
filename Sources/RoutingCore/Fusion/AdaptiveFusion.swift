import Foundation
import RoutingData

/// MMR-Bench's adaptive fusion: each modality weighs by how typical and how strong its vector is.
///
/// With μ_m the mean vector of modality m ∈ {t, v} and the vectors cut to the narrower width:
/// ```
/// s   = <x, μ> / (|x| |μ| + 1e-8)                       proto = (s + 1) / 2
/// z   = (|x| − mean |x|) / (std |x| + 1e-8)             norm  = 1 / (1 + exp(−z))
/// c_m = clip(proto/2 + norm/2, 0, 1)
/// w_t = exp(5 c_t) / (exp(5 c_t) + exp(5 c_v) + 1e-8),  w_v alike
/// f   = w_t t + w_v v + (t∘v)/2 + |t − v|/2,            f ÷ (|f| + 1e-8)
/// ```
/// In mode `compat` the statistics are those of the batch asked about, as in the benchmark's code; in `sound` those of
/// the train part, and norms that all agree (unit vectors, whose z is rounding noise) count as neither strong nor weak.
/// - Reference: MMR-Bench, arXiv 2601.17814, released code.
struct AdaptiveFusion: Sendable {
    /// What one modality's confidence is measured against.
    struct Statistics: Sendable {
        let mean: [Double]
        private let meanLength: Double
        let averageNorm: Double
        let normDeviation: Double
        private let guarded: Bool

        /// Reads `[rows, at least width]`; columns from `width` on are not read.
        init(_ values: Matrix<Float>, width: Int, guarded: Bool) {
            self.guarded = guarded
            var mean = [Double](repeating: 0, count: width)
            var norms: [Double] = []
            for row in 0..<values.rows {
                let x = values.row(row).prefix(width)
                for (index, value) in x.enumerated() { mean[index] += Double(value) }
                norms.append(Self.norm(x, guarded: guarded))
            }
            let count = Double(max(values.rows, 1))
            self.mean = mean.map { $0 / count }
            meanLength = self.mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            if guarded {
                let average = norms.reduce(0, +) / count
                averageNorm = average
                normDeviation = (norms.reduce(0) { $0 + ($1 - average) * ($1 - average) } / count).squareRoot()
            } else {
                let (average, deviation) = NumpyFloat.meanAndDeviation(norms.map(Float.init))
                (averageNorm, normDeviation) = (Double(average), Double(deviation))
            }
        }

        /// Statistics of a train part that were written, of mode `sound`.
        init(mean: [Double], averageNorm: Double, normDeviation: Double) {
            (self.mean, self.averageNorm, self.normDeviation, guarded) = (mean, averageNorm, normDeviation, true)
            meanLength = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }

        /// |x|; rounded as the peer's float32 rounds it where z is made of that rounding.
        private static func norm(_ x: ArraySlice<Float>, guarded: Bool) -> Double {
            guard guarded else { return Double(NumpyFloat.norm(x)) }
            return x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }

        /// c_m of one vector, 0…1.
        func confidence(_ x: ArraySlice<Float>) -> Double {
            var dot = 0.0
            for (value, centre) in zip(x, mean) { dot += Double(value) * centre }
            let norm = Self.norm(x, guarded: guarded)
            let similarity = dot / (norm * meanLength + 1e-8)
            let isFlat = guarded && normDeviation < 1e-6 * averageNorm
            let z = isFlat ? 0 : (norm - averageNorm) / (normDeviation + 1e-8)
            return min(max(0.25 * (similarity + 1) + 0.5 / (1 + exp(-z)), 0), 1)
        }
    }

    let text: Statistics
    let image: Statistics
    private let width: Int

    /// Takes the statistics of some rows; `guarded` is mode `sound`.
    init(text: Matrix<Float>, image: Matrix<Float>, guarded: Bool) {
        width = min(text.columns, image.columns)
        self.text = Statistics(text, width: width, guarded: guarded)
        self.image = Statistics(image, width: width, guarded: guarded)
    }

    /// The fusion of a fit that was written: statistics of as many columns.
    init(text: Statistics, image: Statistics) {
        (self.text, self.image, width) = (text, image, text.mean.count)
    }

    /// - Returns: `[rows, width]`, each row of unit length.
    func fused(text texts: Matrix<Float>, image images: Matrix<Float>) -> Matrix<Float> {
        var result = Matrix<Float>(repeating: 0, rows: texts.rows, columns: width)
        var fused = [Double](repeating: 0, count: width)
        for row in 0..<texts.rows {
            let (t, v) = (texts.row(row).prefix(width), images.row(row).prefix(width))
            let strongText = exp(5 * text.confidence(t))
            let strongImage = exp(5 * image.confidence(v))
            let total = strongText + strongImage + 1e-8
            var square = 0.0
            for (index, (a, b)) in zip(t, v).enumerated() {
                let (a, b) = (Double(a), Double(b))
                let value = strongText / total * a + strongImage / total * b + 0.5 * (a * b) + 0.5 * abs(a - b)
                fused[index] = value
                square += value * value
            }
            let divisor = square.squareRoot() + 1e-8
            for index in 0..<width { result[row, index] = Float(fused[index] / divisor) }
        }
        return result
    }
}
