import CKernels
import RouteGridBase
import RoutingData

/// k-means: greedy k-means++ seeding, then Lloyd's iterations.
///
/// Points are centred and rounded to float32; labels, sums and centres are float64. Stops when no label changes, when
/// the centres move by less than 10⁻⁴ of the features' mean variance (squared), or after `iterations`. A cluster that
/// runs empty moves to the point farthest from its centre.
/// - Reference: D. Arthur, S. Vassilvitskii, "k-means++: The Advantages of Careful Seeding", SODA 2007; the greedy form
///   (2 + ⌊ln k⌋ candidates a step) and the stopping rule are scikit-learn's.
struct KMeans {
    var clusters: Int
    var iterations: Int
    var tolerance = 1e-4

    /// The centres `[clusters, width]` of points `[rows, width]`, which are at least `clusters` rows.
    func centres(of given: Matrix<Float>, using generator: inout Xoshiro256) -> Matrix<Double> {
        let mean = given.means()
        var points = given
        let ones = [Double](repeating: 1, count: points.columns)
        points.elements.withUnsafeMutableBufferPointer { values in
            guard let values = values.baseAddress else { return }
            for row in 0..<given.rows { ck_standardise(values + row * given.columns, mean, ones, given.columns) }
        }
        let lengths = points.rowLengths()
        let variance = lengths.reduce(0) { $0 + $1 * $1 } / Double(max(points.elements.count, 1))
        let seeds = KMeansSeeding(points: points, squares: lengths.map { $0 * $0 }).rows(clusters, using: &generator)
        var lloyd = LloydIteration(points: points, lengths: lengths, centres: points.rows(seeds).widened())
        for _ in 0..<iterations {
            let movement = lloyd.step()
            if !lloyd.changed || movement <= tolerance * variance { break }
        }
        var centres = lloyd.centres
        centres.subtract(mean.map { -$0 })
        return centres
    }
}

/// Labels by the nearest centre, then centres as means of the labelled points, again and again.
private struct LloydIteration {
    let points: Matrix<Float>
    /// |x| of each point.
    let lengths: [Double]
    var centres: Matrix<Double>
    /// Whether the last step changed a label.
    private(set) var changed = false
    private var labels: [Int32]
    /// Sums of each cluster's points, kept up to date by the points that change their cluster.
    private var sums: Matrix<Double>
    private var counts: [Int]

    init(points: Matrix<Float>, lengths: [Double], centres: Matrix<Double>) {
        (self.points, self.lengths, self.centres) = (points, lengths, centres)
        labels = [Int32](repeating: -1, count: points.rows)
        sums = Matrix(repeating: 0, rows: centres.rows, columns: centres.columns)
        counts = [Int](repeating: 0, count: centres.rows)
    }

    /// One iteration; returns the squared movement of all centres.
    mutating func step() -> Double {
        var moves: [(row: Int, from: Int, to: Int)] = []
        NearestCentre(centres).forEach(points, lengths: lengths) { row, best in
            if Int(labels[row]) != best { moves.append((row, Int(labels[row]), best)) }
        }
        changed = !moves.isEmpty
        for move in moves { apply(move.row, from: move.from, to: move.to) }
        for empty in counts.indices where counts[empty] == 0 {
            let far = farthest()
            apply(far, from: Int(labels[far]), to: empty)
            changed = true
        }
        return moveCentres()
    }

    /// Moves every centre to the mean of its points; returns the squared movement.
    private mutating func moveCentres() -> Double {
        let width = points.columns
        var movement = 0.0
        centres.elements.withUnsafeMutableBufferPointer { centres in
            sums.elements.withUnsafeBufferPointer { sums in
                for cluster in counts.indices where counts[cluster] > 0 {
                    for place in cluster * width..<(cluster + 1) * width {
                        let mean = sums[place] / Double(counts[cluster])
                        let step = mean - centres[place]
                        movement += step * step
                        centres[place] = mean
                    }
                }
            }
        }
        return movement
    }

    private mutating func apply(_ row: Int, from old: Int, to new: Int) {
        let width = points.columns
        sums.elements.withUnsafeMutableBufferPointer { sums in
            points.elements.withUnsafeBufferPointer { x in
                guard let x = x.baseAddress, let sums = sums.baseAddress else { return }
                ck_add_wide(x + row * width, sums + new * width, width)
                if old >= 0 { ck_take_wide(x + row * width, sums + old * width, width) }
            }
        }
        counts[new] += 1
        if old >= 0 { counts[old] -= 1 }
        labels[row] = Int32(truncatingIfNeeded: new)
    }

    /// The point farthest from its centre, among clusters of more than one point.
    private func farthest() -> Int {
        var (best, greatest) = (0, -1.0)
        for row in 0..<points.rows where counts[Int(labels[row])] > 1 {
            let centre = Int(labels[row])
            var square = 0.0
            for column in 0..<points.columns {
                let difference = Double(points[row, column]) - centres[centre, column]
                square += difference * difference
            }
            if square > greatest { (best, greatest) = (row, square) }
        }
        return best
    }
}
