import CKernels
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
/// Distances are float64 and ties go to the lower row number. A float32 product screens first: rows whose rounding
/// error could carry them over the border of the nearest k are measured again in float64, so the answer does not depend
/// on the screening.
struct NeighbourSearch: Sendable {
    let metric: NeighbourMetric
    /// `[rows, width]` as given.
    let points: Matrix<Float>
    /// |p| of each row.
    private let lengths: [Double]
    private let longest: Double
    /// What the product reads: unit vectors for cosine, `points` for euclidean.
    private let screened: Matrix<Float>
    /// What is subtracted from a product: |p|²/2 (euclidean) or 0.
    private let halfSquares: [Float]

    /// Queries screened with one product.
    private static let blockRows = 512

    /// One neighbour: a row of the searched set.
    struct Neighbour: Sendable {
        var row: Int32
        var distance: Double
    }

    init(_ points: Matrix<Float>, metric: NeighbourMetric) {
        self.metric = metric
        self.points = points
        let lengths = points.rowLengths()
        self.lengths = lengths
        longest = lengths.max() ?? 0
        let width = points.columns
        switch metric {
        case .cosine:
            var units = points
            units.elements.withUnsafeMutableBufferPointer { units in
                points.elements.withUnsafeBufferPointer { points in
                    guard let from = points.baseAddress, let to = units.baseAddress else { return }
                    for (row, length) in lengths.enumerated() {
                        ck_divide(from + row * width, length > 0 ? length : 1, to + row * width, width)
                    }
                }
            }
            screened = units
            halfSquares = []
        case .euclidean:
            screened = points
            halfSquares = lengths.map { Float($0 * $0 / 2) }
        }
    }

    /// Calls `body` with each query's number and its `count` nearest rows, in ascending row order.
    ///
    /// `queries` is `[queries, width]`, `count` 1…rows of the searched set.
    /// - Complexity: O(queries · rows · width), one product; no allocation a query.
    func forEach(
        _ queries: Matrix<Float>,
        nearest count: Int,
        _ body: (_ query: Int, _ rows: UnsafeBufferPointer<Int32>) -> Void
    ) {
        screen(queries, count) { query, length, line, selection in
            let slack = slack(of: length)
            selection.screen(line, slack: slack)
            selection.choose(slack: slack) { row in distance(queries, query, length, row) }
            selection.chosen.withUnsafeBufferPointer { body(query, $0) }
        }
    }

    /// Calls `body` with each query's number and its `count` nearest rows with their distances, nearest first.
    func forEachSorted(
        _ queries: Matrix<Float>,
        nearest count: Int,
        _ body: (_ query: Int, _ neighbours: ArraySlice<Neighbour>) -> Void
    ) {
        screen(queries, count) { query, length, line, selection in
            selection.screen(line, slack: slack(of: length))
            selection.measure { row in distance(queries, query, length, row) }
            body(query, selection.neighbours.prefix(count))
        }
    }

    /// Calls `body` with each query's number and its `count` nearest rows, nearest first.
    func forEachRanked(
        _ queries: Matrix<Float>,
        nearest count: Int,
        _ body: (_ query: Int, _ rows: UnsafeBufferPointer<Int32>) -> Void
    ) {
        screen(queries, count) { query, length, line, selection in
            let slack = slack(of: length)
            selection.screen(line, slack: slack, tightens: false)
            selection.rank(slack: slack) { row in distance(queries, query, length, row) }
            selection.chosen.withUnsafeBufferPointer { body(query, $0) }
        }
    }

    private func screen(
        _ queries: Matrix<Float>,
        _ count: Int,
        _ body: (
            _ query: Int, _ length: Double, _ line: UnsafeBufferPointer<Float>, _ selection: inout CandidateSelection
        ) -> Void
    ) {
        precondition(1...points.rows ~= count, "\(count) neighbours of \(points.rows)")
        precondition(
            queries.columns == points.columns,
            "\(queries.columns) features for a search over \(points.columns)"
        )
        OpenBLAS.prepare()
        let (width, total) = (points.columns, points.rows)
        let queryLengths = queries.rowLengths()
        let scores = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.blockRows * total)
        let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.blockRows * width)
        defer {
            scores.deallocate()
            block.deallocate()
        }
        var selection = CandidateSelection(wanted: count, capacity: total)
        for start in stride(from: 0, to: queries.rows, by: Self.blockRows) {
            let rows = min(Self.blockRows, queries.rows - start)
            queries.elements.withUnsafeBufferPointer { values in
                guard let from = values.baseAddress, let to = block.baseAddress else { return }
                for row in 0..<rows {
                    let length = metric == .cosine ? queryLengths[start + row] : 1
                    ck_divide(from + (start + row) * width, length > 0 ? length : 1, to + row * width, width)
                }
            }
            screened.elements.withUnsafeBufferPointer { p in
                guard let s = scores.baseAddress, let q = block.baseAddress, let p = p.baseAddress else { return }
                gemm(
                    .none,
                    .transposed,
                    rows: rows,
                    columns: total,
                    inner: width,
                    q,
                    leadingA: width,
                    p,
                    leadingB: width,
                    s,
                    leadingC: total
                )
            }
            for row in 0..<rows {
                let line = UnsafeMutableBufferPointer(rebasing: scores[row * total..<(row + 1) * total])
                if metric == .euclidean {
                    halfSquares.withUnsafeBufferPointer { half in for point in 0..<total { line[point] -= half[point] }
                    }
                }
                body(start + row, queryLengths[start + row], UnsafeBufferPointer(line), &selection)
            }
        }
    }

    /// Twice a bound on the rounding error of a screening score.
    ///
    /// A product of `width` terms is off by at most (width + 4) u |q| |p| with u = 2⁻²⁴, the rounding of its inputs and
    /// of the subtraction included.
    private func slack(of queryLength: Double) -> Float {
        let scale: Double
        switch metric {
        case .cosine: scale = 1
        case .euclidean:
            scale = max(queryLength, longest) * longest
        }
        return Float(Double(points.columns + 8) * Double(Float.ulpOfOne) * scale) + .leastNormalMagnitude
    }

    /// The float64 distance of a query and a row.
    private func distance(_ queries: Matrix<Float>, _ query: Int, _ length: Double, _ row: Int) -> Double {
        let width = points.columns
        return queries.elements.withUnsafeBufferPointer { q in
            points.elements.withUnsafeBufferPointer { p in
                switch metric {
                case .cosine:
                    let product = length * lengths[row]
                    return product > 0 ? 1 - dotProduct(q, query * width, p, row * width, width) / product : 1
                case .euclidean: return squaredDistance(q, query * width, p, row * width, width).squareRoot()
                }
            }
        }
    }
}

extension Matrix<Float> {
    /// |row| of each row, in float64.
    func rowLengths() -> [Double] {
        elements.withUnsafeBufferPointer { values in
            (0..<rows).map { dotProduct(values, $0 * columns, values, $0 * columns, columns).squareRoot() }
        }
    }
}
