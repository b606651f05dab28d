import RouteGridBase
import RoutingData

/// The leading right singular vectors as scikit-learn's `TruncatedSVD(random_state: 42)` approximates them.
///
/// With A the matrix (or its transpose, when that has more rows) and Ω a Gaussian matrix of r + 10 columns: Q is an
/// orthonormal basis of (AAᵀ)⁵AΩ, and the SVD of QᵀA stands for that of A. Where the spectrum is flat the answer
/// depends on Ω, so agreement with the peer needs numpy's own draws.
/// - Reference: N. Halko, P. G. Martinsson, J. A. Tropp, "Finding structure with randomness", SIAM Review 53(2),
///   217–288, 2011, algorithms 4.4 and 5.1; doi:10.1137/090771806.
enum RandomisedSVD {
    private static let oversampling = 10
    private static let powerIterations = 5
    private static let seed: UInt32 = 42

    /// `[columns, rank]`; nil when r + 10 vectors would span everything, and nothing is left to approximate.
    ///
    /// `gram` is AᵀA: of a tall matrix all that is needed, unless its spectrum falls so steeply that squares lose it.
    static func rightVectors(
        _ rank: Int,
        of matrix: Matrix<Double>,
        gram: Matrix<Double>
    ) throws(RouteGridError) -> Matrix<Double>? {
        let sampled = rank + oversampling
        guard sampled < min(matrix.rows, matrix.columns) else { return nil }
        if matrix.rows >= matrix.columns, let projected = projection(of: gram, sampled) {
            return try rightVectors(rank, ofRows: projected)
        }
        let isWide = matrix.rows < matrix.columns
        let a = isWide ? matrix.transposed() : matrix
        // Vectors are kept as rows: `basis` is Qᵀ.
        var basis = draws(a.columns, sampled).transposed()
        for _ in 0..<powerIterations {
            basis = basis.multiplied(by: a, .transposed)
            try basis.orthonormaliseRows()
            basis = basis.multiplied(by: a)
            try basis.orthonormaliseRows()
        }
        basis = basis.multiplied(by: a, .transposed)
        try basis.orthonormaliseRows()
        let projected = basis.multiplied(by: a)
        guard isWide else { return try rightVectors(rank, ofRows: projected) }
        let eigen = try SymmetricEigen(largest: rank, of: projected.multiplied(by: projected, .transposed))
        return basis.multiplied(.transposed, by: eigen.vectors)
    }

    /// Ω.
    private static func draws(_ rows: Int, _ columns: Int) -> Matrix<Double> {
        var normal = NumpyNormal(seed: seed)
        var draws = Matrix<Double>(repeating: 0, rows: rows, columns: columns)
        draws.elements.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = normal.next() } }
        return draws
    }

    /// QᵀA of a tall matrix from G = AᵀA alone; nil when that loses too many digits.
    ///
    /// Q spans AP with P a basis of G⁵Ω; with PᵀGP = LLᵀ, Q = A P L⁻ᵀ and QᵀA = L⁻¹ PᵀG. Bases stay as rows: `basis` is
    /// Pᵀ. They need not be orthonormal, only far from dependent, which a Cholesky factor of their products makes them.
    private static func projection(of gram: Matrix<Double>, _ sampled: Int) -> Matrix<Double>? {
        var basis = draws(gram.rows, sampled).transposed()
        for _ in 0..<powerIterations {
            basis = basis.multiplied(by: gram)
            guard let factor = TriangularFactor(basis.multiplied(by: basis, .transposed)) else { return nil }
            factor.divide(&basis)
        }
        var image = basis.multiplied(by: gram)
        guard let factor = TriangularFactor(image.multiplied(by: basis, .transposed)) else { return nil }
        factor.divide(&image)
        return image
    }

    /// The leading right singular vectors of a matrix of few rows, `[columns, rank]`.
    private static func rightVectors(
        _ rank: Int,
        ofRows projected: Matrix<Double>
    ) throws(RouteGridError) -> Matrix<Double> {
        let eigen = try SymmetricEigen(largest: rank, of: projected.multiplied(by: projected, .transposed))
        var vectors = projected.multiplied(.transposed, by: eigen.vectors)
        let greatest = max(eigen.values[0], 0).squareRoot()
        let scales = eigen.values.map { value in
            let singular = max(value, 0).squareRoot()
            return singular > 1e-12 * greatest ? 1 / singular : 0
        }
        vectors.elements.withUnsafeMutableBufferPointer { vectors in
            for index in vectors.indices { vectors[index] *= scales[index % rank] }
        }
        return vectors
    }
}
