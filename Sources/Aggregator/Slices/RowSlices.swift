package import Scoring

/// What a row comes to on each subset of its items, at the largest budget: means over runs, then over items.
package struct RowSlices: Hashable, Sendable {
    package struct Slice: Hashable, Sendable {
        /// `dataset:NAME` or `group:NAME`.
        package let name: String
        /// Items, each once however many splits test it.
        package let count: Int
        /// Clusters of items that are resampled as a whole.
        package let clusters: Int
        /// 0…1.
        package let accuracy: Double
        /// In the dataset's cost unit.
        package let cost: Double
        /// Of the accuracy, together with those of the row's other slices.
        package let interval: Interval
    }

    /// As `ItemSlices` orders them.
    package let slices: [Slice]
}
