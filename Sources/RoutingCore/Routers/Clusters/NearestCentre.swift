import CKernels
import RoutingData

/// Which of a few centres is nearest, in float64, the lower number on ties.
///
/// A float32 product screens first: where its rounding error could hide the nearest centre, those in question are
/// measured in float64, so the answer does not depend on the screening.
struct NearestCentre: Sendable {
    /// `[centres, width]`.
    let centres: Matrix<Double>
    private let screened: Matrix<Float>
    /// |c|²/2 of each centre.
    private let halfSquares: [Double]
    private let longest: Double

    private static let blockRows = 256

    init(_ centres: Matrix<Double>) {
        self.centres = centres
        screened = Matrix(rows: centres.rows, columns: centres.columns, elements: centres.elements.map(Float.init))
        halfSquares = (0..<centres.rows).map { row in centres.row(row).reduce(0) { $0 + $1 * $1 } / 2 }
        longest = (2 * (halfSquares.max() ?? 0)).squareRoot()
    }

    /// The nearest centre of each of `[rows, width]` points: argmax of x·c − |c|²/2.
    func labels(of points: Matrix<Float>) -> [Int32] {
        var labels = [Int32](repeating: 0, count: points.rows)
        forEach(points, lengths: points.rowLengths()) { row, best in labels[row] = Int32(truncatingIfNeeded: best) }
        return labels
    }

    /// Calls `body` with each point's number and its nearest centre; `lengths` are the points' |x|.
    func forEach(_ points: Matrix<Float>, lengths: [Double], _ body: (_ row: Int, _ centre: Int) -> Void) {
        precondition(points.columns == centres.columns, "\(points.columns) features for centres of \(centres.columns)")
        OpenBLAS.prepare()
        let (count, width) = (centres.rows, centres.columns)
        // Twice the error of a product of `width` terms, the rounding of the centre included.
        let slack = Double(width + 8) * Double(Float.ulpOfOne) * longest
        // Centres are rows of the product: eight points are looked at side by side.
        var products = [Float](repeating: 0, count: Self.blockRows * count)
        var nearest = [Int64](repeating: 0, count: Self.blockRows)
        var leads = [Double](repeating: 0, count: Self.blockRows)
        for start in stride(from: 0, to: points.rows, by: Self.blockRows) {
            let rows = min(Self.blockRows, points.rows - start)
            products.withUnsafeMutableBufferPointer { products in
                points.elements.withUnsafeBufferPointer { x in
                    screened.elements.withUnsafeBufferPointer { c in
                        guard let x = x.baseAddress, let c = c.baseAddress, let s = products.baseAddress else { return }
                        gemm(
                            .none,
                            .transposed,
                            rows: count,
                            columns: rows,
                            inner: width,
                            c,
                            leadingA: width,
                            x + start * width,
                            leadingB: width,
                            s,
                            leadingC: Self.blockRows
                        )
                        ck_nearest(s, Self.blockRows, rows, count, halfSquares, &nearest, &leads)
                        for row in 0..<rows where leads[row] <= slack * lengths[start + row] {
                            let margin = slack * lengths[start + row]
                            nearest[row] = Int64(measured(s + row, margin, x + (start + row) * width))
                        }
                    }
                }
            }
            for row in 0..<rows { body(start + row, Int(nearest[row])) }
        }
    }

    /// The nearest centre where the products of one point with all centres, `blockRows` apart, leave it open.
    private func measured(_ products: UnsafePointer<Float>, _ margin: Double, _ point: UnsafePointer<Float>) -> Int {
        let scores = halfSquares.indices.map { Double(products[$0 * Self.blockRows]) - halfSquares[$0] }
        let border = (scores.max() ?? 0) - margin
        var (best, exact) = (0, -Double.infinity)
        for centre in scores.indices where scores[centre] >= border {
            let score = product(point, centre) - halfSquares[centre]
            if score > exact { (best, exact) = (centre, score) }
        }
        return best
    }

    /// x·c in float64, summed in order.
    private func product(_ point: UnsafePointer<Float>, _ centre: Int) -> Double {
        centres.elements.withUnsafeBufferPointer { c in
            var sum = 0.0
            for column in 0..<centres.columns { sum += Double(point[column]) * c[centre * centres.columns + column] }
            return sum
        }
    }
}
