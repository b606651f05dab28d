import RoutingData

/// How far apart two vectors are.
enum NeighbourMetric: String, CaseIterable, Sendable {
    /// 1 − <x, y> / (|x| |y|); a zero vector is at distance 1 from everything.
    case cosine
    /// |x − y|.
    case euclidean
}

/// Exact nearest neighbours in a fixed set of vectors.
///
/// Distances are float64 and ties go to the lower row number. A float32 product screens first: only rows that its
/// rounding error could have kept out of the nearest k are measured again in float64, so the answer does not depend on
/// the screening.
struct NeighbourSearch: Sendable {
    private let metric: NeighbourMetric
    /// `[rows, width]`; scaled to unit length for cosine.
    private let points: Matrix<Float>
    private let exact: Matrix<Double>
    /// Half the squared length of each row (euclidean), zeros (cosine): what the screening score subtracts.
    private let halfSquares: [Float]
    private let greatestLength: Double

    /// Queries screened with one product.
    private static let blockRows = 128

    init(_ points: Matrix<Float>, metric: NeighbourMetric) {
        self.metric = metric
        let exact = Self.prepared(points, metric)
        self.exact = exact
        self.points = Matrix(rows: points.rows, columns: points.columns, elements: exact.elements.map(Float.init))
        let squares = (0..<exact.rows).map { row in exact.row(row).reduce(0) { $0 + $1 * $1 } }
        halfSquares = metric == .cosine ? squares.map { _ in 0 } : squares.map { Float($0 / 2) }
        greatestLength = (squares.max() ?? 0).squareRoot()
    }

    private static func prepared(_ points: Matrix<Float>, _ metric: NeighbourMetric) -> Matrix<Double> {
        var wide = points.widened()
        guard metric == .cosine else { return wide }
        for row in 0..<wide.rows {
            let norm = wide.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 0 else { continue }
            for column in 0..<wide.columns { wide[row, column] /= norm }
        }
        return wide
    }

    /// One neighbour: a row of the searched set.
    struct Neighbour: Sendable {
        var row: Int32
        var distance: Double
    }

    /// Calls `body` with each query's number and its `count` nearest rows, nearest first.
    ///
    /// `queries` is `[queries, width]`, `count` 1…rows of the searched set.
    func forEach(
        _ queries: Matrix<Float>,
        nearest count: Int,
        _ body: (_ query: Int, _ neighbours: UnsafeBufferPointer<Neighbour>) -> Void
    ) {
        precondition(1...points.rows ~= count, "\(count) neighbours of \(points.rows)")
        precondition(
            queries.columns == points.columns,
            "\(queries.columns) features for a search over \(points.columns)"
        )
        OpenBLAS.prepare()
        let (width, total) = (points.columns, points.rows)
        let exactQueries = Self.prepared(queries, metric)
        let narrow = exactQueries.elements.map(Float.init)
        var scores = [Float](repeating: 0, count: Self.blockRows * total)
        var selection = CandidateSelection(wanted: count, capacity: total)
        for start in stride(from: 0, to: queries.rows, by: Self.blockRows) {
            let rows = min(Self.blockRows, queries.rows - start)
            scores.withUnsafeMutableBufferPointer { scores in
                narrow.withUnsafeBufferPointer { q in
                    points.elements.withUnsafeBufferPointer { p in
                        guard let s = scores.baseAddress, let q = q.baseAddress, let p = p.baseAddress else { return }
                        gemm(
                            .none,
                            .transposed,
                            rows: rows,
                            columns: total,
                            inner: width,
                            q + start * width,
                            leadingA: width,
                            p,
                            leadingB: width,
                            s,
                            leadingC: total
                        )
                    }
                }
                for row in 0..<rows {
                    let query = start + row
                    let line = UnsafeMutableBufferPointer(rebasing: scores[row * total..<(row + 1) * total])
                    if metric == .euclidean { for point in 0..<total { line[point] -= halfSquares[point] } }
                    selection.screen(UnsafeBufferPointer(line), slack: slack(of: exactQueries, query))
                    measure(&selection, exactQueries, query)
                    selection.neighbours.withUnsafeBufferPointer {
                        body(query, UnsafeBufferPointer(rebasing: $0[..<count]))
                    }
                }
            }
        }
    }

    /// Twice a bound on the rounding error of one screening score: (width + 4) ε |q| |p|, and the rounding of inputs.
    private func slack(of queries: Matrix<Double>, _ query: Int) -> Float {
        let length = queries.row(query).reduce(0) { $0 + $1 * $1 }.squareRoot()
        let scale = max(length, greatestLength) * greatestLength
        return Float(2 * Double(points.columns + 4) * Double(Float.ulpOfOne) * scale) + .leastNormalMagnitude
    }

    /// Replaces the screened candidates by their exact distances and sorts them.
    private func measure(_ selection: inout CandidateSelection, _ queries: Matrix<Double>, _ query: Int) {
        let width = points.columns
        queries.elements.withUnsafeBufferPointer { q in
            exact.elements.withUnsafeBufferPointer { p in
                selection.measure { row in
                    let (a, b) = (query * width, row * width)
                    return metric == .cosine ? 1 - dotProduct(q, a, p, b, width) : squaredDistance(q, a, p, b, width)
                }
            }
        }
        if metric == .euclidean { selection.takeRoots() }
    }
}

/// Σ x[a + i] y[b + i], in four interleaved sums added in a fixed order.
@inline(__always)
func dotProduct(
    _ x: UnsafeBufferPointer<Double>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Double>,
    _ b: Int,
    _ count: Int
) -> Double {
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + 8 <= count {
        var (left, right) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for lane in 0..<8 {
            left[lane] = x[a + index + lane]
            right[lane] = y[b + index + lane]
        }
        sums += left * right
        index += 8
    }
    var sum = sums.sum()
    while index < count {
        sum += x[a + index] * y[b + index]
        index += 1
    }
    return sum
}

/// Σ (x[a + i] − y[b + i])².
@inline(__always)
func squaredDistance(
    _ x: UnsafeBufferPointer<Double>,
    _ a: Int,
    _ y: UnsafeBufferPointer<Double>,
    _ b: Int,
    _ count: Int
) -> Double {
    var sums = SIMD8<Double>.zero
    var index = 0
    while index + 8 <= count {
        var (left, right) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for lane in 0..<8 {
            left[lane] = x[a + index + lane]
            right[lane] = y[b + index + lane]
        }
        let difference = left - right
        sums += difference * difference
        index += 8
    }
    var sum = sums.sum()
    while index < count {
        let difference = x[a + index] - y[b + index]
        sum += difference * difference
        index += 1
    }
    return sum
}
