import CKernels
import RoutingData

/// x ↦ (x − centre) · weights + offset, in float64, for many targets at once.
struct AffineModel: Sendable {
    /// `[features]`.
    let centre: [Double]
    /// `[features, targets]`.
    let weights: Matrix<Double>
    /// `[targets]`.
    let offset: [Double]

    /// Rows a block of a product holds, so that a block's features stay in cache.
    private static let blockRows = 256

    /// - Parameter features: `[rows, features]`.
    /// - Returns: `[rows, targets]`.
    func callAsFunction(_ features: Matrix<Float>) -> Matrix<Double> {
        OpenBLAS.prepare()
        let (width, targets) = (weights.rows, weights.columns)
        precondition(features.columns == width, "\(features.columns) features for a model of \(width)")
        var result = Matrix<Double>(repeating: 0, rows: features.rows, columns: targets)
        var block = [Double](repeating: 0, count: Self.blockRows * width)
        result.elements.withUnsafeMutableBufferPointer { out in
            features.elements.withUnsafeBufferPointer { x in
                weights.elements.withUnsafeBufferPointer { w in
                    block.withUnsafeMutableBufferPointer { block in
                        guard let x = x.baseAddress, let w = w.baseAddress, let b = block.baseAddress,
                            let o = out.baseAddress
                        else { return }
                        for start in stride(from: 0, to: features.rows, by: Self.blockRows) {
                            let rows = min(Self.blockRows, features.rows - start)
                            for row in 0..<rows {
                                ck_widen_less(x + (start + row) * width, centre, b + row * width, width)
                                for target in 0..<targets { o[(start + row) * targets + target] = offset[target] }
                            }
                            gemm(
                                .none,
                                .none,
                                rows: rows,
                                columns: targets,
                                inner: width,
                                b,
                                leadingA: width,
                                w,
                                leadingB: targets,
                                beta: 1,
                                o + start * targets,
                                leadingC: targets
                            )
                        }
                    }
                }
            }
        }
        return result
    }
}
