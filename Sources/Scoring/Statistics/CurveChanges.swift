import CKernels
import RoutingData

/// A curve's choices as what changes from each of its points to the next.
///
/// A router's neighbouring operating points agree on nearly all items, so that a point's sums are the last point's plus
/// those of the items that changed.
struct CurveChanges: Sendable {
    /// The cluster of each change, in the order of points, then of items.
    let clusters: [UInt32]
    /// The quality and the cost that each change adds.
    let gains: [Double]
    /// How many changes there are up to and with each point.
    let ends: [UInt32]

    /// The changes of `[points, items]` model numbers.
    init(_ choices: Matrix<ModelNumber>, outcomes: ItemOutcomes, clusterOfItem: ArraySlice<Int>) {
        let first = clusterOfItem.startIndex
        var (clusters, gains, ends): ([UInt32], [Double], [UInt32]) = ([], [], [])
        clusters.reserveCapacity(2 * choices.columns)
        gains.reserveCapacity(4 * choices.columns)
        for point in 0..<choices.rows {
            outcomes.forEachChange(to: point, of: choices) { item, old, new in
                var gain = outcomes.quality(of: new, on: item)
                var charge = outcomes.cost(of: new, on: item)
                if let old {
                    gain -= outcomes.quality(of: old, on: item)
                    charge -= outcomes.cost(of: old, on: item)
                }
                if gain == 0, charge == 0 { return }
                clusters.append(UInt32(clusterOfItem[first + item]))
                gains.append(gain)
                gains.append(charge)
            }
            ends.append(UInt32(clusters.count))
        }
        (self.clusters, self.gains, self.ends) = (clusters, gains, ends)
    }

    /// The changes of a curve of one point, given what each item brings.
    init(quality: [Double], cost: [Double], clusterOfItem: ArraySlice<Int>) {
        clusters = clusterOfItem.map { UInt32($0) }
        gains = zip(quality, cost).flatMap { [$0, $1] }
        ends = [UInt32(clusters.count)]
    }

    var points: Int { ends.count }

    /// Sums of sixteen replicates, from number `first` on, a multiple of 16: `[points][2][16]`, quality and cost.
    func sums(on weights: BootstrapWeights, first: Int, into sums: UnsafeMutablePointer<Double>) {
        weights.blocks.withUnsafeBufferPointer { blocks in
            guard let base = blocks.baseAddress else { return }
            let place = first / 64 * weights.drawn.count * 64 + first % 64
            ck_curve_sums(base + place, clusters, gains, ends, ends.count, sums)
        }
    }
}
