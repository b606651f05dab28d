import Foundation
import RouteGridBase
import RoutingData

/// k-means: greedy k-means++ seeding, then Lloyd's iterations in float64.
///
/// Stops when no label changes, when the centres move by less than 10⁻⁴ of the features' mean variance (squared), or
/// after `iterations`. A cluster that runs empty moves to the point farthest from its centre.
/// - Reference: D. Arthur, S. Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007; the greedy form
///   (2 + ⌊ln k⌋ candidates a step) and the stopping rule are scikit-learn's.
struct KMeans {
    var clusters: Int
    var iterations: Int
    var tolerance = 1e-4

    /// The centres `[clusters, width]` of points `[rows, width]`, which are at least `clusters` rows.
    func centres(of points: Matrix<Float>, using generator: inout Xoshiro256) -> Matrix<Double> {
        var points = points.widened()
        let mean = points.means()
        points.subtract(mean)
        var variance = 0.0
        for value in points.elements { variance += value * value }
        let limit = tolerance * variance / Double(max(points.elements.count, 1))
        var centres = points.rows(seeds(of: points, using: &generator))
        var labels = [Int32](repeating: -1, count: points.rows)
        for _ in 0..<iterations {
            let next = step(points, centres, &labels)
            var movement = 0.0
            for (old, new) in zip(centres.elements, next.centres.elements) { movement += (new - old) * (new - old) }
            centres = next.centres
            if !next.changed || movement <= limit { break }
        }
        centres.subtract(mean.map { -$0 })
        return centres
    }

    /// One Lloyd iteration: labels by the given centres, then the means of the labelled points.
    private func step(
        _ points: Matrix<Double>,
        _ centres: Matrix<Double>,
        _ labels: inout [Int32]
    ) -> (centres: Matrix<Double>, changed: Bool) {
        let width = points.columns
        var sums = Matrix<Double>(repeating: 0, rows: clusters, columns: width)
        var counts = [Int](repeating: 0, count: clusters)
        var distances = [Double](repeating: 0, count: points.rows)
        var changed = false
        sums.elements.withUnsafeMutableBufferPointer { sums in
            points.elements.withUnsafeBufferPointer { x in
                NearestCentre(centres).forEach(points) { row, best, score in
                    if labels[row] != Int32(truncatingIfNeeded: best) {
                        labels[row] = Int32(truncatingIfNeeded: best)
                        changed = true
                    }
                    counts[best] += 1
                    let (from, to) = (row * width, best * width)
                    var square = 0.0
                    for column in 0..<width {
                        let value = x[from + column]
                        sums[to + column] += value
                        square += value * value
                    }
                    distances[row] = square - 2 * score
                }
            }
        }
        for empty in 0..<clusters where counts[empty] == 0 {
            let far = firstMaximum(distances)
            let old = Int(labels[far])
            distances[far] = -1
            for column in 0..<width {
                sums[old, column] -= points[far, column]
                sums[empty, column] = points[far, column]
            }
            counts[old] -= 1
            counts[empty] = 1
            labels[far] = Int32(truncatingIfNeeded: empty)
            changed = true
        }
        for cluster in 0..<clusters where counts[cluster] > 0 {
            for column in 0..<width { sums[cluster, column] /= Double(counts[cluster]) }
        }
        return (sums, changed)
    }

    /// The rows that greedy k-means++ picks as first centres.
    private func seeds(of points: Matrix<Double>, using generator: inout Xoshiro256) -> [Int] {
        let (rows, width) = (points.rows, points.columns)
        let trials = 2 + Int(log(Double(clusters)))
        var picked = [generator.below(rows)]
        var nearest = [Double](repeating: .infinity, count: rows)
        var (candidate, bestNearest) = (nearest, nearest)
        points.elements.withUnsafeBufferPointer { x in
            func distances(to centre: Int, into result: inout [Double]) -> Double {
                var total = 0.0
                for row in 0..<rows {
                    var square = 0.0
                    for column in 0..<width {
                        let difference = x[row * width + column] - x[centre * width + column]
                        square += difference * difference
                    }
                    result[row] = min(nearest[row], square)
                    total += result[row]
                }
                return total
            }
            var total = distances(to: picked[0], into: &candidate)
            swap(&nearest, &candidate)
            while picked.count < clusters {
                var (best, bestTotal) = (-1, Double.infinity)
                for _ in 0..<trials {
                    let centre = drawn(from: nearest, total: total, using: &generator)
                    let sum = distances(to: centre, into: &candidate)
                    if sum < bestTotal {
                        (best, bestTotal) = (centre, sum)
                        swap(&bestNearest, &candidate)
                    }
                }
                picked.append(best)
                total = bestTotal
                swap(&nearest, &bestNearest)
            }
        }
        return picked
    }

    /// A row drawn with a chance proportional to its weight; uniformly when all weights are zero.
    private func drawn(from weights: [Double], total: Double, using generator: inout Xoshiro256) -> Int {
        guard total > 0 else { return generator.below(weights.count) }
        let target = generator.uniform() * total
        var sum = 0.0
        for (row, weight) in weights.enumerated() {
            sum += weight
            if sum > target { return row }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
