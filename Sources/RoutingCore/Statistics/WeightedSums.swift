import COpenBLAS
import RoutingData

/// Weighted sums of the outcomes of choice vectors, for all replicates at once: the matrix product outcomes × weights.
///
/// A router's neighbouring operating points agree on nearly all items, so that each point's sums are the last point's plus
/// those of the items that changed, in float64: the product of a sparse matrix. When most items change and there is much to
/// do, the product is dense and OpenBLAS's, in float32, of the differences to the first point (whose sums are float64).
struct WeightedSums {
    /// `[points, replicates]`.
    private(set) var quality: Matrix<Double>
    /// `[points, replicates]`.
    private(set) var cost: Matrix<Double>

    /// The sums of some choice vectors.
    ///
    /// - Parameters:
    ///   - choices: `[points, items]` model numbers.
    ///   - outcomes: of the same items.
    ///   - weights: of the same items.
    ///   - sparseLimit: the changes times replicates up to which the product is always sparse.
    init(of choices: Matrix<ModelNumber>, outcomes: ItemOutcomes, weights: BootstrapWeights, sparseLimit: Int) {
        precondition(choices.columns == outcomes.items && weights.items == outcomes.items, "items do not match")
        quality = Matrix(repeating: 0, rows: choices.rows, columns: weights.replicates)
        cost = quality
        guard choices.rows > 0 else { return }
        var changes = 0
        for point in 1..<max(choices.rows, 1) {
            outcomes.forEachChange(to: point, of: choices) { _, _, _ in changes += 1 }
        }
        // A change costs about as much as fifteen dense elements.
        let isSparse =
            changes * 15 <= (choices.rows - 1) * choices.columns || changes * weights.replicates <= sparseLimit
        addSparse(choices, points: isSparse ? choices.rows : 1, outcomes: outcomes, weights: weights)
        if !isSparse { addDense(choices, outcomes: outcomes, weights: weights) }
    }

    /// Adds `factor` times a row of weights to a row of sums.
    @inline(__always)
    static func add(_ factor: Double, times cluster: Int, of weights: Matrix<Float>, to sums: inout [Double], row: Int)
    {
        let count = weights.columns
        weights.elements.withUnsafeBufferPointer { weights in
            sums.withUnsafeMutableBufferPointer { sums in
                let (from, to) = (cluster * count, row * count)
                for replicate in 0..<count { sums[to + replicate] += factor * Double(weights[from + replicate]) }
            }
        }
    }

    /// The first points, each from the one before.
    private mutating func addSparse(
        _ choices: Matrix<ModelNumber>,
        points: Int,
        outcomes: ItemOutcomes,
        weights: BootstrapWeights
    ) {
        let (models, replicates) = (outcomes.models, weights.replicates)
        for point in 0..<points {
            if point > 0 {
                Self.copyRow(point - 1, of: &quality, length: replicates)
                Self.copyRow(point - 1, of: &cost, length: replicates)
            }
            outcomes.forEachChange(to: point, of: choices) { item, old, new in
                let cell = item * models + new
                var gain = outcomes.quality.elements[cell]
                var charge = outcomes.cost.elements[cell]
                if let old {
                    gain -= outcomes.quality.elements[item * models + old]
                    charge -= outcomes.cost.elements[item * models + old]
                }
                let cluster = weights.clusterOfItem[item]
                if gain != 0 {
                    Self.add(gain, times: cluster, of: weights.weights, to: &quality.elements, row: point)
                }
                if charge != 0 {
                    Self.add(charge, times: cluster, of: weights.weights, to: &cost.elements, row: point)
                }
            }
        }
    }

    /// Makes the row after one equal to it.
    private static func copyRow(_ row: Int, of sums: inout Matrix<Double>, length: Int) {
        sums.elements.withUnsafeMutableBufferPointer { sums in
            let source = UnsafeBufferPointer(rebasing: sums[row * length..<(row + 1) * length])
            let target = UnsafeMutableBufferPointer(rebasing: sums[(row + 1) * length..<(row + 2) * length])
            _ = target.update(from: source)
        }
    }

    /// All points but the first, from the first.
    private mutating func addDense(_ choices: Matrix<ModelNumber>, outcomes: ItemOutcomes, weights: BootstrapWeights) {
        let clusters = weights.weights.rows
        let replicates = weights.replicates
        for isCost in [false, true] {
            let values = isCost ? outcomes.cost.elements : outcomes.quality.elements
            var differences = [Float](repeating: 0, count: (choices.rows - 1) * clusters)
            for point in 1..<choices.rows {
                for item in 0..<choices.columns {
                    let (old, new) = (choices.elements[item], choices.elements[point * choices.columns + item])
                    if old == new { continue }
                    let cell = item * outcomes.models
                    let difference = values[cell + Int(new)] - values[cell + Int(old)]
                    differences[(point - 1) * clusters + weights.clusterOfItem[item]] += Float(difference)
                }
            }
            var product = [Float](repeating: 0, count: (choices.rows - 1) * replicates)
            cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasNoTrans,
                Int32(choices.rows - 1),
                Int32(replicates),
                Int32(clusters),
                1,
                differences,
                Int32(clusters),
                weights.weights.elements,
                Int32(replicates),
                0,
                &product,
                Int32(replicates)
            )
            let base = isCost ? cost.elements : quality.elements
            for index in product.indices {
                let sum = base[index % replicates] + Double(product[index])
                if isCost {
                    cost.elements[replicates + index] = sum
                } else {
                    quality.elements[replicates + index] = sum
                }
            }
        }
    }
}
