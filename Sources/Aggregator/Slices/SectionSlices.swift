import RoutingData
import Scoring

/// The slices of a section's items, and what bounds the accuracy of a row on each.
///
/// Intervals hold for all slices of a row together (Bonferroni), over the draw of items, with the routers as they were
/// trained. They are Wilson's: on single answers to independent items with as many answers as items, on others with as
/// many independent answers as would have the clusters' variance, less for an error that is estimated itself, and with
/// as many as there are clusters where these are few or do not differ.
///
/// - Reference: E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of
///   positive counts estimated from survey data", Survey Methodology 24, 193–201, 1998, for the effective number.
struct SectionSlices: Sendable {
    /// With fewer clusters their spread says too little of their error.
    static let fewClusters = 10

    private struct Place: Sendable {
        let slice: ItemSlices.Slice
        /// Items, each once.
        let count: Int
        /// Of each item of the slice its cluster's number within the slice.
        let clusterOfItem: [Int]
        let clusters: ClusterCount
    }

    private let places: [Place]
    private let alpha: Double

    /// - Parameters:
    ///   - samples: The items of all splits, one split after the other.
    ///   - drawn: Which of them are drawn together.
    ///   - alpha: One minus the level of a row's intervals together.
    init(of samples: [Sample], drawn: DrawnClusters, alpha: Double) {
        let slices = ItemSlices(of: samples).slices
        places = slices.map { slice in
            var numbers: [Int: Int] = [:]
            var sizes: [Double] = []
            let clusterOfItem = slice.items.map { item in
                let cluster = drawn.clusterOfItem[item]
                if let known = numbers[cluster] {
                    sizes[known] += 1
                    return known
                }
                numbers[cluster] = sizes.count
                sizes.append(1)
                return sizes.count - 1
            }
            return Place(
                slice: slice,
                count: Set(slice.items.map { samples[$0].id }).count,
                clusterOfItem: clusterOfItem,
                clusters: ClusterCount(weights: sizes)
            )
        }
        self.alpha = alpha / Double(max(slices.count, 1))
    }

    var isEmpty: Bool { places.isEmpty }

    /// - Parameters:
    ///   - quality: `[items]`, means over the runs of the item's split.
    ///   - cost: As `quality`.
    ///   - isPlain: Whether each item is a cluster of its own, answered once.
    /// - Returns: Every slice of the row.
    func row(quality: [Double], cost: [Double], isPlain: Bool) -> RowSlices {
        RowSlices(
            slices: places.map { place in
                let items = place.slice.items
                let count = Double(items.count)
                let accuracy = items.reduce(0) { $0 + quality[$1] } / count
                return RowSlices.Slice(
                    name: place.slice.name,
                    count: place.count,
                    clusters: place.clusters.count,
                    accuracy: accuracy,
                    cost: items.reduce(0) { $0 + cost[$1] } / count,
                    interval: interval(of: accuracy, quality, place, isPlain: isPlain)
                )
            }
        )
    }

    private func interval(of accuracy: Double, _ quality: [Double], _ place: Place, isPlain: Bool) -> Interval {
        let items = place.slice.items
        let clusters = place.clusters.count
        var answers = clusters
        if !isPlain, clusters >= Self.fewClusters {
            var influences = [Double](repeating: 0, count: clusters)
            for (item, cluster) in zip(items, place.clusterOfItem) {
                influences[cluster] += (quality[item] - accuracy) / Double(items.count)
            }
            let squares = influences.reduce(0) { $0 + $1 * $1 }
            let variance = squares * Double(clusters) / Double(clusters - 1)
            // The mean of equal answers leaves rounding.
            if variance > 1e-24 {
                let degrees = Int(max(place.clusters.effective - 1, 1))
                let normal = NormalDistribution.quantile(1 - alpha / 2)
                let ratio = normal / StudentDistribution.halfWidth(level: 1 - alpha, degrees: degrees)
                let effective = accuracy * (1 - accuracy) / variance * ratio * ratio
                answers = Int(min(max(effective, 1), Double(items.count)))
            }
        }
        let interval = Interval.wilson(min(max(accuracy, 0), 1), of: answers, alpha: alpha)
        // Wilson's ends at 0 and 1 have rounding.
        return Interval(low: min(interval.low, accuracy), high: max(interval.high, accuracy))
    }
}
