package import RouteGridBase
package import RoutingData

/// The subsets of a part that records report on: its datasets, and its groups when there are few.
package struct PartSlices: Sendable {
    /// Groups are sliced only when there are at least two and at most this many: prompts are groups too.
    package static let groupLimit = 64

    /// `dataset:NAME` or `group:NAME` of each slice.
    private var names: [String] = []
    /// The slices in the order of their names, each with its name as JSON.
    private var sorted: [(place: Int, name: [UInt8])] = []
    /// For each way of slicing the slice of every item.
    private var slices: [[Int]] = []

    package init(of samples: [Sample]) {
        let datasets = samples.map(\.dataset)
        add(datasets, prefix: "dataset:")
        let groups = samples.map(\.group)
        let count = Set(groups).count
        if count > 1, count <= Self.groupLimit, groups != datasets { add(groups, prefix: "group:") }
        sorted = names.enumerated()
            .sorted { $0.element.utf8.lexicographicallyPrecedes($1.element.utf8) }
            .map { ($0.offset, JSONValue.string($0.element).jsonBytes()) }
    }

    private mutating func add(_ values: [String], prefix: String) {
        var places: [String: Int] = [:]
        var slice: [Int] = []
        slice.reserveCapacity(values.count)
        for value in values {
            if let place = places[value] {
                slice.append(place)
            } else {
                places[value] = names.count
                slice.append(names.count)
                names.append(prefix + value)
            }
        }
        slices.append(slice)
    }

    /// What one slice of a choice vector came to.
    private struct Means {
        var count: Int
        var accuracy: Double
        var cost: Double
    }

    private func means(of choices: ArraySlice<ModelNumber>, _ outcomes: ItemOutcomes) -> [Means] {
        var counts = [Int](repeating: 0, count: names.count)
        var quality = [CompensatedSum](repeating: CompensatedSum(), count: names.count)
        var cost = quality
        for slice in slices {
            for (item, (place, model)) in zip(slice, choices).enumerated() {
                counts[place] += 1
                quality[place].add(outcomes.quality(of: Int(model), on: item))
                cost[place].add(outcomes.cost(of: Int(model), on: item))
            }
        }
        return counts.indices.map { place in
            let count = Double(counts[place])
            return Means(
                count: counts[place],
                accuracy: quality[place].value / count,
                cost: cost[place].value / count
            )
        }
    }

    /// `{"dataset:NAME": {"accuracy", "cost", "n"}, "group:NAME": …}` of one choice vector, in both byte forms.
    package func encode(_ choices: ArraySlice<ModelNumber>, _ outcomes: ItemOutcomes, into out: inout EncodedJSON) {
        let means = means(of: choices, outcomes)
        out.object { out in
            for (place, name) in sorted {
                out.member(encoded: name)
                out.object {
                    $0.member("accuracy")
                    $0.number(means[place].accuracy)
                    $0.member("cost")
                    $0.number(means[place].cost)
                    $0.member("n")
                    $0.integer(means[place].count)
                }
            }
        }
    }
}
