/// How many independent clusters of items an estimate comes from.
package struct ClusterCount: Hashable, Sendable {
    /// Clusters, each as a whole drawn or not.
    package let count: Int
    /// How many clusters of equal size would say as much: Kish's (Σ m)² ÷ Σ m², m the weights of the clusters.
    ///
    /// Counted as equals, 60 clusters with a few large ones among them separate equal routers on 12 % of boards (and
    /// 28 % without any correction): 3,000 draws of twenty routers, sizes of a Pareto distribution with exponent 1.5.
    /// - Reference: L. Kish, "Survey Sampling", Wiley, 1965, section 11.7.
    package let effective: Double

    /// Clusters of equal size.
    package init(equal count: Int) { (self.count, effective) = (count, Double(count)) }

    /// - Parameter weights: of each cluster, such as its number of items; positive.
    package init(weights: some Collection<Double>) {
        count = weights.count
        let (sum, squares) = weights.reduce(into: (0.0, 0.0)) { sums, weight in
            sums.0 += weight
            sums.1 += weight * weight
        }
        effective = squares > 0 ? sum * sum / squares : 0
    }
}
