import RouteGridBase
import RoutingData
import Scoring
import Testing

@testable import RoutingCore

/// Screened searches against plain loops in float64, on points with twins, so that places tie.
@Suite struct NearestTests {
    private static func points(_ rows: Int, _ width: Int, _ name: String) -> Matrix<Float> {
        var generator = Xoshiro256(seed: HashedText.digest(["nearest", name]))
        var matrix = Matrix<Float>(
            rows: rows,
            columns: width,
            elements: (0..<rows * width).map { _ in Float(generator.uniform() - 0.5) }
        )
        // Every fourth row is a copy of an earlier one, every fifth almost one.
        for row in 4..<max(rows, 4) where row % 4 == 0 || row % 5 == 0 {
            for column in 0..<width {
                matrix[row, column] = matrix[row / 2, column] * (row % 4 == 0 ? 1 : 1 + 1e-7)
            }
        }
        return matrix
    }

    @Test(arguments: [("cosine", 1), ("cosine", 10), ("cosine", 299), ("cosine", 300), ("euclidean", 10)])
    func `neighbours are those of a full sort, in its order`(metric: String, count: Int) throws {
        let set = Self.points(300, 20, "set")
        let queries = Self.points(40, 20, "queries")
        let search = NeighbourSearch(set, metric: try #require(NeighbourMetric(rawValue: metric)))
        let (p, q) = (set.rowLengths(), queries.rowLengths())
        var expected: [[Int32]] = []
        for query in 0..<queries.rows {
            let distances = (0..<set.rows).map { row in
                set.elements.withUnsafeBufferPointer { s in
                    queries.elements.withUnsafeBufferPointer { x in
                        metric == "cosine"
                            ? 1 - dotProduct(x, query * 20, s, row * 20, 20) / (q[query] * p[row])
                            : squaredDistance(x, query * 20, s, row * 20, 20).squareRoot()
                    }
                }
            }
            let order = (0..<set.rows).sorted { (distances[$0], $0) < (distances[$1], $1) }
            expected.append(order.prefix(count).map { Int32($0) })
        }
        search.forEachRanked(queries, nearest: count) { query, rows in #expect(Array(rows) == expected[query]) }
        search.forEachSorted(queries, nearest: count) { query, found in
            #expect(found.map(\.row) == expected[query])
        }
        search.forEach(queries, nearest: count) { query, rows in #expect(Array(rows) == expected[query].sorted()) }
    }

    @Test func `the nearest centre is that of a plain loop, the lower number on ties`() {
        let points = Self.points(500, 12, "points")
        let centres = Self.points(30, 12, "centres").widened()
        let labels = NearestCentre(centres).labels(of: points)
        for row in 0..<points.rows {
            let scores = (0..<centres.rows).map { centre in
                var (product, square) = (0.0, 0.0)
                for column in 0..<12 {
                    product += Double(points[row, column]) * centres[centre, column]
                    square += centres[centre, column] * centres[centre, column]
                }
                return product - square / 2
            }
            #expect(Int(labels[row]) == firstMaximum(scores))
        }
    }

    @Test func `k-means ends where every centre is the mean of its points`() {
        let points = Self.points(400, 8, "k-means")
        var generator = Xoshiro256(seed: HashedText.digest(["seed"]))
        let centres = KMeans(clusters: 12, iterations: 300, tolerance: 0).centres(of: points, using: &generator)
        let labels = NearestCentre(centres).labels(of: points)
        for cluster in 0..<12 {
            let rows = labels.indices.filter { labels[$0] == Int32(cluster) }
            #expect(!rows.isEmpty)
            let means = points.rows(rows).widened().means()
            for column in 0..<8 { #expect(abs(means[column] - centres[cluster, column]) <= 1e-6) }
        }
    }
}
