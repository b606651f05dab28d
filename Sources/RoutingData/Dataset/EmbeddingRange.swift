/// What the entries of an embedding may be: finite, and so small that squared distances of vectors fit float32.
///
/// Routers screen neighbours and scores in float32 before they measure them exactly. At 10¹⁵ the square of a difference
/// is 4·10³⁰, and a hundred million of them stay below 3.4·10³⁸.
enum EmbeddingRange {
    static let limit: Float = 1e15
    /// The widest embedding: its Gram matrix, which linear routers solve, takes 2 GiB.
    static let mostColumns = 16_384
    static let words = "a finite number of at most 1e15 in size"

    /// The first entry, row by row, that is outside.
    static func firstOutside(_ matrix: Matrix<Float>) -> (row: Int, column: Int)? {
        // NaN compares false.
        guard let bad = matrix.elements.firstIndex(where: { !($0.magnitude <= limit) }) else { return nil }
        return (bad / matrix.columns, bad % matrix.columns)
    }
}
