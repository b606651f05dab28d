import CKernels
import Catalog
import RoutingData

/// Columns brought to mean 0 and deviation 1 by the statistics of some rows: x ↦ (x − mean) ÷ scale.
///
/// A column that does not vary keeps scale 1. What counts as not varying differs: the peer lets columns of deviation
/// 1e-9 and even 1e-33 through and blows them up to full size (mode `compat`); mode `sound` calls a column constant
/// when its deviation is at most 10⁻⁶ of the root mean square deviation of all columns.
struct FeatureScaler: Sendable {
    /// Whose rule for constant columns `compat` follows, and whether the deviation is unbiased.
    enum Convention: Sendable {
        /// Deviation with ddof 0; constant when var ≤ n ε var + (n mean ε)².
        case scikitLearn
        /// Deviation with ddof 1; constant when exactly 0.
        case torch
    }

    /// `[width]`.
    let mean: [Double]
    /// `[width]`, positive.
    let scale: [Double]

    init(_ features: Matrix<Float>, mode: EvaluationMode, convention: Convention = .scikitLearn) {
        let (rows, width) = (features.rows, features.columns)
        let mean = features.means()
        var variance = [Double](repeating: 0, count: width)
        features.elements.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for row in 0..<rows { ck_add_squares(values + row * width, mean, &variance, width) }
        }
        let count = Double(max(convention == .torch ? rows - 1 : rows, 1))
        for column in 0..<width { variance[column] /= count }
        let typical = variance.reduce(0, +) / Double(max(width, 1))
        let (n, epsilon) = (Double(rows), Double.ulpOfOne)
        self.mean = mean
        scale = (0..<width).map { column in
            let isConstant =
                switch (mode, convention) {
                case (.sound, _): variance[column] <= 1e-12 * typical
                case (.compat, .torch): variance[column] == 0
                case (.compat, .scikitLearn):
                    variance[column] <= n * epsilon * variance[column] + (n * mean[column] * epsilon)
                        * (n * mean[column] * epsilon)
                }
            return isConstant ? 1 : variance[column].squareRoot()
        }
    }

    /// The scaler of a fit that was written.
    init(mean: [Double], scale: [Double]) { (self.mean, self.scale) = (mean, scale) }

    /// Scaled features, `[rows, width]`.
    func callAsFunction(_ features: Matrix<Float>) -> Matrix<Float> {
        var result = features
        standardise(&result)
        return result
    }

    /// Scales features `[rows, width]` in place.
    func standardise(_ features: inout Matrix<Float>) {
        let (rows, width) = (features.rows, features.columns)
        features.elements.withUnsafeMutableBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for row in 0..<rows { ck_standardise(values + row * width, mean, scale, width) }
        }
    }
}
