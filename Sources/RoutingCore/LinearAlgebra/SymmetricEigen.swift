import COpenBLAS
import RouteGridBase
import RoutingData

/// The largest eigenvalues of a symmetric matrix and their vectors (LAPACK `dsyevr`).
struct SymmetricEigen {
    /// Largest first.
    let values: [Double]
    /// `[size, count]`: column j belongs to `values[j]`, unit length, its largest entry positive.
    let vectors: Matrix<Double>

    /// - Throws: ``RouteGridError`` `system` when the decomposition does not converge.
    init(largest count: Int, of symmetric: Matrix<Double>) throws(RouteGridError) {
        OpenBLAS.prepare()
        let size = symmetric.rows
        precondition(size == symmetric.columns && 1...size ~= count, "\(count) eigenvectors of \(size)")
        var a = symmetric
        var values = [Double](repeating: 0, count: size)
        var columns = [Double](repeating: 0, count: size * count)
        var support = [Int32](repeating: 0, count: 2 * size)
        var (n, first, last) = (Int32(size), Int32(size - count + 1), Int32(size))
        var (unused, tolerance, found, info) = (0.0, 0.0, Int32(0), Int32(0))
        var (workCount, workSize, integerCount, integerSize) = (Int32(-1), 0.0, Int32(-1), Int32(0))
        a.elements.withUnsafeMutableBufferPointer { a in
            dsyevr_(
                "V",
                "I",
                "L",
                &n,
                a.baseAddress,
                &n,
                &unused,
                &unused,
                &first,
                &last,
                &tolerance,
                &found,
                &values,
                &columns,
                &n,
                &support,
                &workSize,
                &workCount,
                &integerSize,
                &integerCount,
                &info
            )
            (workCount, integerCount) = (Int32(workSize), integerSize)
            var work = [Double](repeating: 0, count: max(Int(workSize), 1))
            var integers = [Int32](repeating: 0, count: max(Int(integerSize), 1))
            dsyevr_(
                "V",
                "I",
                "L",
                &n,
                a.baseAddress,
                &n,
                &unused,
                &unused,
                &first,
                &last,
                &tolerance,
                &found,
                &values,
                &columns,
                &n,
                &support,
                &work,
                &workCount,
                &integers,
                &integerCount,
                &info
            )
        }
        guard info == 0, Int(found) == count else {
            throw RouteGridError(.system, "eigenvalues of a \(size) × \(size) matrix: no convergence (dsyevr \(info))")
        }
        self.values = values.prefix(count).reversed()
        var vectors = Matrix<Double>(repeating: 0, rows: size, columns: count)
        for place in 0..<count {
            let column = columns[(count - 1 - place) * size..<(count - place) * size]
            let extreme = column.reduce(0.0) { abs($1) > abs($0) ? $1 : $0 }
            for (row, value) in column.enumerated() { vectors[row, place] = extreme < 0 ? -value : value }
        }
        self.vectors = vectors
    }
}
