import CKernels

/// Poisson(1) resampling weights of clusters of items, shared by all routers of a split.
package struct BootstrapWeights: Sendable {
    package let drawn: DrawnClusters
    package let replicates: Int
    /// `[blocks][clusters][64]`: whole numbers of the replicates 64 · block … 64 · block + 63; the last block is full
    /// too.
    let blocks: [UInt8]

    package var items: Int { drawn.clusterOfItem.count }
    /// How many independent clusters there are.
    package var clusters: ClusterCount { ClusterCount(weights: drawn.sizes(ofItems: 0..<items)) }

    /// The weights of some items: see ``DrawnClusters/init(_:seed:splitIndex:)``.
    ///
    /// - Parameters:
    ///   - clusters: the cluster id of each item.
    ///   - replicates: how many resamples.
    ///   - first: the number of the first of them: many replicates can be made in parts.
    ///   - seed: the grid's `statistics.seed`.
    ///   - splitIndex: the split's index.
    package init(clusters: [String], replicates: Int, first: Int = 0, seed: Int, splitIndex: Int) {
        self.init(
            of: DrawnClusters(clusters, seed: seed, splitIndex: splitIndex),
            replicates: replicates,
            first: first
        )
    }

    /// The weights of clusters.
    ///
    /// - Complexity: O(clusters · replicates); a byte a weight.
    package init(of drawn: DrawnClusters, replicates: Int, first: Int = 0) {
        (self.drawn, self.replicates) = (drawn, replicates)
        let (clusters, blockCount) = (drawn.count, (replicates + 63) / 64)
        blocks = [UInt8](unsafeUninitializedCapacity: blockCount * clusters * 64) { bytes, count in
            count = blockCount * clusters * 64
            guard let base = bytes.baseAddress else { return }
            for block in 0..<blockCount {
                Self.fill(base + block * clusters * 64, drawn, first: first + block * 64)
            }
        }
    }

    /// Writes the weights `[clusters][64]` of 64 replicates.
    static func fill(_ bytes: UnsafeMutablePointer<UInt8>, _ drawn: DrawnClusters, first: Int) {
        ck_poisson(drawn.bases, drawn.count, UInt64(first), PoissonOne.cumulative, bytes)
    }

    /// The weights of one item on each replicate.
    package func weights(ofItem item: Int) -> [Double] {
        let cluster = drawn.clusterOfItem[item]
        return (0..<replicates).map { replicate in
            Double(blocks[(replicate / 64 * drawn.count + cluster) * 64 + replicate % 64])
        }
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
}
