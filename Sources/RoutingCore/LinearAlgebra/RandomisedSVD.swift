import RouteGridBase
import RoutingData

/// The leading right singular vectors as scikit-learn's `TruncatedSVD(random_state: 42)` approximates them.
///
/// With A the matrix (or its transpose, when that has more rows) and Ω a Gaussian matrix of r + 10 columns: Q is an
/// orthonormal basis of (AAᵀ)⁵AΩ, and the SVD of QᵀA stands for that of A. Where the spectrum is flat the answer depends on
/// Ω, so agreement with the peer needs numpy's own draws.
/// - Reference: N. Halko, P. G. Martinsson, J. A. Tropp, "Finding structure with randomness", SIAM Review 53(2), 217–288,
///   2011, algorithms 4.4 and 5.1; doi:10.1137/090771806.
enum RandomisedSVD {
    private static let oversampling = 10
    private static let powerIterations = 5
    private static let seed: UInt32 = 42

    /// `[columns, rank]`; nil when r + 10 vectors would span everything, and nothing is left to approximate.
    static func rightVectors(_ rank: Int, of matrix: Matrix<Double>) throws(RouteGridError) -> Matrix<Double>? {
        let sampled = rank + oversampling
        guard sampled < min(matrix.rows, matrix.columns) else { return nil }
        let isWide = matrix.rows < matrix.columns
        let a = isWide ? matrix.transposed() : matrix
        // Vectors are kept as rows: `basis` is Qᵀ.
        var normal = NumpyNormal(seed: seed)
        var draws = Matrix<Double>(repeating: 0, rows: a.columns, columns: sampled)
        for index in draws.elements.indices { draws.elements[index] = normal.next() }
        var basis = draws.transposed()
        for _ in 0..<powerIterations {
            basis = basis.multiplied(by: a, .transposed)
            try basis.orthonormaliseRows()
            basis = basis.multiplied(by: a)
            try basis.orthonormaliseRows()
        }
        basis = basis.multiplied(by: a, .transposed)
        try basis.orthonormaliseRows()
        let projected = basis.multiplied(by: a)
        let eigen = try SymmetricEigen(largest: rank, of: projected.multiplied(by: projected, .transposed))
        if isWide { return basis.multiplied(.transposed, by: eigen.vectors) }
        var vectors = projected.multiplied(.transposed, by: eigen.vectors)
        for place in 0..<rank {
            let singular = max(eigen.values[place], 0).squareRoot()
            let scale = singular > 1e-12 * max(eigen.values[0], 0).squareRoot() ? 1 / singular : 0
            for row in 0..<vectors.rows { vectors[row, place] *= scale }
        }
        return vectors
    }
}
