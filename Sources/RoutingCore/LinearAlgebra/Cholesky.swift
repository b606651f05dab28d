import COpenBLAS
import RoutingData

/// A = RᵀR of a symmetric positive definite matrix, for many right-hand sides.
struct Cholesky {
    private let factor: Matrix<Double>
    /// An estimate of 1 ÷ (‖A‖₁ ‖A⁻¹‖₁), 0…1; the 1-norm condition bounds the 2-norm condition from above.
    let reciprocalCondition: Double

    /// Nil when the matrix is not positive definite to working precision.
    init?(_ symmetric: Matrix<Double>) {
        OpenBLAS.prepare()
        let size = symmetric.rows
        precondition(size == symmetric.columns && size > 0, "a \(symmetric.rows) × \(symmetric.columns) Gram matrix")
        var norm = 0.0
        for row in 0..<size { norm = max(norm, symmetric.row(row).reduce(0) { $0 + abs($1) }) }
        var factor = symmetric
        var (n, info, reciprocal) = (Int32(size), Int32(0), 0.0)
        let work = UnsafeMutablePointer<Double>.allocate(capacity: 3 * size)
        let integers = UnsafeMutablePointer<Int32>.allocate(capacity: size)
        defer {
            work.deallocate()
            integers.deallocate()
        }
        factor.elements.withUnsafeMutableBufferPointer { a in
            dpotrf_("L", &n, a.baseAddress, &n, &info)
            if info == 0 { dpocon_("L", &n, a.baseAddress, &n, &norm, &reciprocal, work, integers, &info) }
        }
        guard info == 0 else { return nil }
        self.factor = factor
        reciprocalCondition = reciprocal
    }

    /// A⁻¹ · right, `[size, columns]`.
    func solve(_ right: Matrix<Double>) -> Matrix<Double> {
        precondition(right.rows == factor.rows, "\(right.rows) rows for a system of \(factor.rows)")
        // LAPACK reads columns: the transposed right side is the same memory.
        var solution = right.transposed()
        var (n, count, info) = (Int32(factor.rows), Int32(right.columns), Int32(0))
        solution.elements.withUnsafeMutableBufferPointer { b in
            factor.elements.withUnsafeBufferPointer { a in
                dpotrs_("L", &n, &count, a.baseAddress, &n, b.baseAddress, &n, &info)
            }
        }
        precondition(info == 0, "dpotrs refused argument \(-info)")
        return solution.transposed()
    }
}
