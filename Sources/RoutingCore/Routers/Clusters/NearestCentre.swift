import RoutingData

/// Which of a few centres is nearest, in float64, the lower number on ties.
struct NearestCentre: Sendable {
    /// `[centres, width]`.
    let centres: Matrix<Double>
    private let halfSquares: [Double]

    private static let blockRows = 256

    init(_ centres: Matrix<Double>) {
        self.centres = centres
        halfSquares = (0..<centres.rows).map { row in centres.row(row).reduce(0) { $0 + $1 * $1 } / 2 }
    }

    /// The nearest centre of each of `[rows, width]` points: argmax of x·c − |c|²/2.
    func labels(of points: Matrix<Float>) -> [Int32] { labels(of: points.widened()) }

    func labels(of points: Matrix<Double>) -> [Int32] {
        var labels = [Int32](repeating: 0, count: points.rows)
        forEach(points) { row, best, _ in labels[row] = Int32(truncatingIfNeeded: best) }
        return labels
    }

    /// Calls `body` with each point's number, its nearest centre, and the score x·c − |c|²/2 (half of |x|² − distance²).
    func forEach(_ points: Matrix<Double>, _ body: (_ row: Int, _ centre: Int, _ score: Double) -> Void) {
        precondition(points.columns == centres.columns, "\(points.columns) features for centres of \(centres.columns)")
        OpenBLAS.prepare()
        let (count, width) = (centres.rows, centres.columns)
        var scores = [Double](repeating: 0, count: Self.blockRows * count)
        scores.withUnsafeMutableBufferPointer { scores in
            points.elements.withUnsafeBufferPointer { x in
                centres.elements.withUnsafeBufferPointer { c in
                    guard let x = x.baseAddress, let c = c.baseAddress, let s = scores.baseAddress else { return }
                    for start in stride(from: 0, to: points.rows, by: Self.blockRows) {
                        let rows = min(Self.blockRows, points.rows - start)
                        gemm(
                            .none,
                            .transposed,
                            rows: rows,
                            columns: count,
                            inner: width,
                            x + start * width,
                            leadingA: width,
                            c,
                            leadingB: width,
                            s,
                            leadingC: count
                        )
                        for row in 0..<rows {
                            var (best, bestScore) = (0, s[row * count] - halfSquares[0])
                            for centre in 1..<max(count, 1) {
                                let score = s[row * count + centre] - halfSquares[centre]
                                if score > bestScore { (best, bestScore) = (centre, score) }
                            }
                            body(start + row, best, bestScore)
                        }
                    }
                }
            }
        }
    }
}
