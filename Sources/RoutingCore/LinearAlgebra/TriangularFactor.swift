import COpenBLAS
import RoutingData

/// L of A = LLᵀ, a symmetric positive definite matrix far from singular.
struct TriangularFactor {
    /// Row-major; what is above the diagonal has no meaning.
    private let lower: Matrix<Double>

    /// The smallest share of the greatest diagonal entry of L: the condition of A is about its square, and six digits
    /// stay.
    private static let smallest = 1e-5

    /// Nil when the matrix is not positive definite, or nearer to singular than that.
    init?(_ symmetric: Matrix<Double>) {
        OpenBLAS.prepare()
        var factor = symmetric
        var (n, info) = (Int32(symmetric.rows), Int32(0))
        // LAPACK reads columns: its upper factor is the lower one of rows.
        factor.elements.withUnsafeMutableBufferPointer { dpotrf_("U", &n, $0.baseAddress, &n, &info) }
        guard info == 0 else { return nil }
        let diagonal = (0..<symmetric.rows).map { factor[$0, $0] }
        guard let least = diagonal.min(), let greatest = diagonal.max(), least > Self.smallest * greatest else {
            return nil
        }
        lower = factor
    }

    /// rows ← L⁻¹ · rows.
    func divide(_ rows: inout Matrix<Double>) {
        let (size, columns) = (Int32(rows.rows), Int32(rows.columns))
        rows.elements.withUnsafeMutableBufferPointer { rows in
            lower.elements.withUnsafeBufferPointer { lower in
                cblas_dtrsm(
                    CblasRowMajor,
                    CblasLeft,
                    CblasLower,
                    CblasNoTrans,
                    CblasNonUnit,
                    size,
                    columns,
                    1,
                    lower.baseAddress,
                    size,
                    rows.baseAddress,
                    columns
                )
            }
        }
    }
}
