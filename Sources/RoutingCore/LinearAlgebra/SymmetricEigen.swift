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
        var values = [Double](repeating: 0, count: size)
        var columns = [Double](repeating: 0, count: size * size)
        // The first call asks how much memory the second one wants.
        var (workCount, integerCount) = (Int32(-1), Int32(-1))
        var (work, integers) = ([0.0], [Int32(0)])
        var status = Self.decompose(symmetric, &values, &columns, &work, &workCount, &integers, &integerCount)
        (workCount, integerCount) = (Int32(work[0]), integers[0])
        work = [Double](repeating: 0, count: max(Int(workCount), 1))
        integers = [Int32](repeating: 0, count: max(Int(integerCount), 1))
        if status == 0 {
            status = Self.decompose(symmetric, &values, &columns, &work, &workCount, &integers, &integerCount)
        }
        guard status == 0 else {
            throw RouteGridError(
                .system,
                "eigenvalues of a \(size) × \(size) matrix: no convergence (dsyevr \(status))"
            )
        }
        self.values = values.suffix(count).reversed()
        var vectors = Matrix<Double>(repeating: 0, rows: size, columns: count)
        vectors.elements.withUnsafeMutableBufferPointer { vectors in
            columns.withUnsafeBufferPointer { columns in
                for place in 0..<count {
                    let start = (size - 1 - place) * size
                    var extreme = 0.0
                    for value in columns[start..<start + size] where abs(value) > abs(extreme) { extreme = value }
                    let sign = extreme < 0 ? -1.0 : 1.0
                    for row in 0..<size { vectors[row * count + place] = sign * columns[start + row] }
                }
            }
        }
        self.vectors = vectors
    }

    /// All eigenvalues, ascending, and their vectors as columns: a part of them would be found by bisection, more
    /// slowly.
    private static func decompose(
        _ symmetric: Matrix<Double>,
        _ values: inout [Double],
        _ columns: inout [Double],
        _ work: inout [Double],
        _ workCount: inout Int32,
        _ integers: inout [Int32],
        _ integerCount: inout Int32
    ) -> Int32 {
        var a = symmetric.elements
        var support = [Int32](repeating: 0, count: 2 * symmetric.rows)
        var (n, first, last) = (Int32(symmetric.rows), Int32(1), Int32(symmetric.rows))
        var (unused, tolerance, found, info) = (0.0, 0.0, Int32(0), Int32(0))
        dsyevr_(
            "V",
            "A",
            "L",
            &n,
            &a,
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
        return info
    }
}
