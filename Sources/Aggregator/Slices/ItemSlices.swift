import RoutingData
import Scoring

/// The subsets of a table's items that are looked at apart: its datasets, and its groups when they are few.
struct ItemSlices: Sendable {
    struct Slice: Sendable {
        /// `dataset:NAME` or `group:NAME`.
        let name: String
        /// Rising places.
        let items: [Int]
    }

    /// By kind, then by name; none of a kind that has only one.
    let slices: [Slice]

    init(of samples: [Sample]) {
        func parts(_ prefix: String, _ value: (Sample) -> String) -> [Slice] {
            let found = Dictionary(grouping: samples.indices) { value(samples[$0]) }
            guard found.count > 1, found.count <= PartSlices.groupLimit else { return [] }
            return found.map { Slice(name: "\(prefix):\($0.key)", items: $0.value) }.sorted { $0.name < $1.name }
        }
        let datasets = parts("dataset", \.dataset)
        let groups = parts("group", \.group)
        // Groups that are the datasets under other names say nothing more.
        slices = Set(groups.map(\.items)) == Set(datasets.map(\.items)) ? datasets : datasets + groups
    }
}
