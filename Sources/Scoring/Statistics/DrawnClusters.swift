import RouteGridBase

/// Which items are drawn together, and where the stream of weights of each such cluster starts.
///
/// A cluster's weight in a replicate is a function of (seed, split index, replicate, cluster id) alone: not of the
/// router, the other clusters, their order, or the number of replicates. A cluster's stream starts at the first eight
/// bytes of SHA-256("routegrid/boot/1" ‖ seed ‖ split index ‖ cluster id); replicate r takes its number r + 1 of
/// SplitMix64, through the inverse of the Poisson distribution function.
///
/// - Reference: J. A. Hanley, B. MacGibbon, "Creating non-parametric bootstrap samples using Poisson frequencies",
///   Computer Methods and Programs in Biomedicine 83, 57–62, 2006; G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
///   pseudorandom number generators", OOPSLA 2014.
package struct DrawnClusters: Hashable, Sendable {
    /// The cluster of each item, in the order of their first items.
    package let clusterOfItem: [Int]
    /// `[clusters]`: where each stream starts.
    let bases: [UInt64]

    /// How many clusters there are.
    package var count: Int { bases.count }

    /// - Parameters:
    ///   - names: the cluster id of each item; items of one cluster are drawn together.
    ///   - seed: the grid's `statistics.seed`.
    ///   - splitIndex: the split's index.
    package init(_ names: [String], seed: Int, splitIndex: Int) {
        var numbers: [String: Int] = [:]
        var bases: [UInt64] = []
        clusterOfItem = names.map { name in
            if let known = numbers[name] { return known }
            let digest = HashedText.digest(["routegrid/boot/1", String(seed), String(splitIndex), name])
            bases.append(digest.bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            numbers[name] = bases.count - 1
            return bases.count - 1
        }
        self.bases = bases
    }

    /// `[clusters]`: how many items of a range each has.
    package func sizes(ofItems items: Range<Int>) -> [Double] {
        var sizes = [Double](repeating: 0, count: count)
        for item in items { sizes[clusterOfItem[item]] += 1 }
        return sizes
    }
}
