import COpenBLAS
import RouteGridBase
import RoutingData

/// Minimum-norm least squares of possibly rank-deficient systems, by one singular value decomposition (LAPACK
/// `dgelsd`).
enum LeastSquares {
    /// Solves min ‖A·W − B‖₂ with the smallest ‖W‖₂, for all columns of B at once.
    ///
    /// - Parameters:
    ///   - matrix: A, `[rows, columns]`.
    ///   - targets: B, `[rows, targets]`.
    ///   - cutoff: singular values at most this share of the largest count as zero.
    /// - Returns: W, `[columns, targets]`.
    /// - Throws: ``RouteGridError`` `system` when the decomposition does not converge.
    /// - Complexity: O(rows · columns²).
    static func minimumNorm(
        _ matrix: Matrix<Double>,
        _ targets: Matrix<Double>,
        cutoff: Double
    ) throws(RouteGridError) -> Matrix<Double> {
        OpenBLAS.prepare()
        let (rows, columns) = (matrix.rows, matrix.columns)
        let leading = max(rows, columns, 1)
        var a = matrix.transposed()
        var b = Matrix<Double>(repeating: 0, rows: targets.columns, columns: leading)
        for row in 0..<rows { for target in 0..<targets.columns { b[target, row] = targets[row, target] } }
        var singular = [Double](repeating: 0, count: max(min(rows, columns), 1))
        var (m, n, count, ldb) = (Int32(rows), Int32(columns), Int32(targets.columns), Int32(leading))
        var lda = max(m, 1)
        var (threshold, rank, info) = (cutoff, Int32(0), Int32(0))
        var (workCount, workSize, integerSize) = (Int32(-1), 0.0, Int32(0))
        a.elements.withUnsafeMutableBufferPointer { a in
            b.elements.withUnsafeMutableBufferPointer { b in
                dgelsd_(
                    &m,
                    &n,
                    &count,
                    a.baseAddress,
                    &lda,
                    b.baseAddress,
                    &ldb,
                    &singular,
                    &threshold,
                    &rank,
                    &workSize,
                    &workCount,
                    &integerSize,
                    &info
                )
                workCount = Int32(workSize)
                var work = [Double](repeating: 0, count: max(Int(workSize), 1))
                var integers = [Int32](repeating: 0, count: max(Int(integerSize), 1))
                dgelsd_(
                    &m,
                    &n,
                    &count,
                    a.baseAddress,
                    &lda,
                    b.baseAddress,
                    &ldb,
                    &singular,
                    &threshold,
                    &rank,
                    &work,
                    &workCount,
                    &integers,
                    &info
                )
            }
        }
        guard info == 0 else {
            throw RouteGridError(
                .system,
                "least squares of a \(rows) × \(columns) matrix: no convergence (dgelsd \(info))"
            )
        }
        var solution = Matrix<Double>(repeating: 0, rows: columns, columns: targets.columns)
        for column in 0..<columns {
            for target in 0..<targets.columns { solution[column, target] = b[target, column] }
        }
        return solution
    }
}
