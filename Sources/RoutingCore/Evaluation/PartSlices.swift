import RouteGridBase
import RoutingData

/// The subsets of a part that records report on: its datasets, and its groups when there are few.
struct PartSlices: Sendable {
    /// Groups are sliced only when there are at least two and at most this many: prompts are groups too.
    static let groupLimit = 64

    /// `dataset:NAME` or `group:NAME` of each slice.
    private var names: [String] = []
    /// For each way of slicing the slice of every item.
    private var slices: [[Int]] = []

    init(of samples: [Sample]) {
        let datasets = samples.map(\.dataset)
        add(datasets, prefix: "dataset:")
        let groups = samples.map(\.group)
        let count = Set(groups).count
        if count > 1, count <= Self.groupLimit, groups != datasets { add(groups, prefix: "group:") }
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

    /// `{"dataset:NAME": {"n", "accuracy", "cost"}, "group:NAME": …}` of one choice vector.
    func json(of choices: ArraySlice<UInt8>, _ outcomes: ItemOutcomes) -> JSONValue {
        var counts = [Int](repeating: 0, count: names.count)
        var quality = [CompensatedSum](repeating: CompensatedSum(), count: names.count)
        var cost = quality
        for slice in slices {
            for (item, (place, model)) in zip(slice, choices).enumerated() {
                let cell = item * outcomes.models + Int(model)
                counts[place] += 1
                quality[place].add(outcomes.quality.elements[cell])
                cost[place].add(outcomes.cost.elements[cell])
            }
        }
        var members: [String: JSONValue] = [:]
        for (place, name) in names.enumerated() {
            let count = Double(counts[place])
            members[name] = [
                "n": JSONValue(counts[place]),
                "accuracy": .double(quality[place].value / count),
                "cost": .double(cost[place].value / count),
            ]
        }
        return .object(members)
    }
}
