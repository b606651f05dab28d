import CKernels
import Foundation
import RouteGridBase
import RoutingData

/// Greedy k-means++: of a few rows drawn in proportion to their squared distance from the rows picked so far, the one
/// that lowers the sum of these most is picked next.
struct KMeansSeeding {
    /// `[rows, width]`.
    let points: Matrix<Float>
    /// |x|² of each row.
    let squares: [Double]

    /// The rows picked, `count` of them.
    func rows(_ count: Int, using generator: inout Xoshiro256) -> [Int] {
        let trials = 2 + Int(log(Double(count)))
        var picked = [generator.below(points.rows)]
        var nearest = [Double](repeating: .infinity, count: points.rows)
        var total = lower(&nearest, by: picked)[0]
        while picked.count < count {
            let drawn = (0..<trials).map { _ in self.drawn(from: nearest, total: total, using: &generator) }
            var lowered = nearest
            let totals = lower(&lowered, by: drawn)
            let best = totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
            picked.append(drawn[best])
            total = totals[best]
            nearest = lowered
        }
        return picked
    }

    /// Sums over all rows of the squared distance to the nearest picked row if each candidate were picked; afterwards
    /// `nearest` holds the distances with the candidate of the lowest sum, the first on ties.
    private func lower(_ nearest: inout [Double], by candidates: [Int]) -> [Double] {
        let (rows, count) = (points.rows, candidates.count)
        let chosen = points.rows(candidates).widened()
        var products = [Double](repeating: 0, count: rows * count)
        ck_times_rows(points.elements, rows, points.columns, chosen.elements, count, &products)
        var totals = [Double](repeating: 0, count: count)
        products.withUnsafeBufferPointer { products in
            for row in 0..<rows {
                for place in 0..<count {
                    totals[place] += distance(row, candidates[place], products[row * count + place], nearest[row])
                }
            }
            let best = totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
            for row in 0..<rows {
                nearest[row] = distance(row, candidates[best], products[row * count + best], nearest[row])
            }
        }
        return totals
    }

    /// |x − c|² from the product x·c, not below 0 and not above `nearest`.
    @inline(__always)
    private func distance(_ row: Int, _ candidate: Int, _ product: Double, _ nearest: Double) -> Double {
        if row == candidate { return 0 }
        return min(nearest, max(squares[row] + squares[candidate] - 2 * product, 0))
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
