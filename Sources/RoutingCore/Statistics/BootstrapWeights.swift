import RouteGridBase
import RoutingData

/// Poisson(1) resampling weights of the clusters of a part, shared by all routers of a split.
///
/// A cluster's weight in a replicate is a function of (seed, split index, replicate, cluster id) alone: not of the router,
/// the other clusters, their order, or the number of replicates. A cluster's stream starts at the first eight bytes of
/// SHA-256("routegrid/boot/1" ‖ seed ‖ split index ‖ cluster id); replicate r takes its number r + 1 of SplitMix64, through
/// the inverse of the Poisson distribution function.
///
/// - Reference: J. A. Hanley, B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies", Computer
///   Methods and Programs in Biomedicine 83, 57–62, 2006; G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom
///   number generators", OOPSLA 2014.
package struct BootstrapWeights: Sendable {
    package let replicates: Int
    /// The cluster of each item.
    let clusterOfItem: [Int]
    /// `[clusters, replicates]` whole numbers.
    let weights: Matrix<Float>
    /// `[replicates]`: the sum of the weights of all items.
    let totals: [Double]

    package var items: Int { clusterOfItem.count }
    /// How many independent clusters there are.
    package let clusters: ClusterCount

    /// The weights of some items.
    ///
    /// - Parameters:
    ///   - clusters: the cluster id of each item; items of one cluster are drawn together.
    ///   - replicates: how many resamples.
    ///   - first: the number of the first of them: many replicates can be made in blocks.
    ///   - seed: the grid's `statistics.seed`.
    ///   - splitIndex: the split's index.
    /// - Complexity: O(items + clusters · replicates).
    package init(clusters: [String], replicates: Int, first: Int = 0, seed: Int, splitIndex: Int) {
        var numbers: [String: Int] = [:]
        var names: [String] = []
        clusterOfItem = clusters.map { name in
            if let known = numbers[name] { return known }
            numbers[name] = names.count
            names.append(name)
            return names.count - 1
        }
        self.replicates = replicates
        var elements = [Float](repeating: 0, count: names.count * replicates)
        let distribution = PoissonOne.cumulative
        elements.withUnsafeMutableBufferPointer { elements in
            distribution.withUnsafeBufferPointer { distribution in
                for (cluster, name) in names.enumerated() {
                    let digest = HashedText.digest(["routegrid/boot/1", String(seed), String(splitIndex), name])
                    let base = digest.bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    for replicate in 0..<replicates {
                        let state = base &+ UInt64(first + replicate + 1) &* 0x9E37_79B9_7F4A_7C15
                        elements[cluster * replicates + replicate] = PoissonOne.quantile(
                            Self.mixed(state),
                            distribution
                        )
                    }
                }
            }
        }
        weights = Matrix(rows: names.count, columns: replicates, elements: elements)
        var sizes = [Double](repeating: 0, count: names.count)
        for cluster in clusterOfItem { sizes[cluster] += 1 }
        self.clusters = ClusterCount(weights: sizes)
        var totals = [Double](repeating: 0, count: replicates)
        for cluster in names.indices {
            WeightedSums.add(sizes[cluster], times: cluster, of: weights, to: &totals, row: 0)
        }
        self.totals = totals
    }

    /// The weights of one item on each replicate.
    package func weights(ofItem item: Int) -> [Double] {
        let first = clusterOfItem[item] * replicates
        return weights.elements[first..<first + replicates].map(Double.init)
    }

    /// SplitMix64's output function.
    private static func mixed(_ state: UInt64) -> UInt64 {
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

/// The Poisson distribution with mean 1.
private enum PoissonOne {
    /// P(X ≤ k) as a fraction of 2^64, k = 0 … 15; beyond that the probability is below 10⁻¹³.
    static let cumulative: [UInt64] = {
        var term = 0.367_879_441_171_442_33
        var sum = 0.0
        return (0..<16).map { count in
            if count > 0 { term /= Double(count) }
            sum += term
            return sum < 1 ? UInt64(sum * 0x1p64) : .max
        }
    }()

    /// The smallest count whose distribution function exceeds `position` ÷ 2^64.
    @inline(__always)
    static func quantile(_ position: UInt64, _ cumulative: UnsafeBufferPointer<UInt64>) -> Float {
        // Five comparisons without a branch settle all but one draw in 1,700.
        var count = 0
        for step in 0..<5 { count &+= position >= cumulative[step] ? 1 : 0 }
        if count == 5 { while count < 16, position >= cumulative[count] { count += 1 } }
        return Float(count)
    }
}
