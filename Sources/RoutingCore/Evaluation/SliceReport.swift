import RouteGridBase
import RoutingData

/// Accuracy and cost of a part's subsets at the point of the largest budget.
struct SliceReport {
    /// Groups are sliced only when there are at least two and at most this many: prompts are groups too.
    static let groupLimit = 64

    let part: PartPredictions
    let choices: ArraySlice<UInt8>

    /// `{"dataset:NAME": {"n", "accuracy", "cost"}, "group:NAME": …}`.
    var json: JSONValue {
        var members: [String: JSONValue] = [:]
        let datasets = part.samples.map(\.dataset)
        for (name, slice) in slices(by: datasets) { members["dataset:\(name)"] = slice }
        let groups = part.samples.map(\.group)
        let count = Set(groups).count
        if count > 1, count <= Self.groupLimit, groups != datasets {
            for (name, slice) in slices(by: groups) { members["group:\(name)"] = slice }
        }
        return .object(members)
    }

    private func slices(by names: [String]) -> [String: JSONValue] {
        var sums: [String: (count: Int, quality: CompensatedSum, cost: CompensatedSum)] = [:]
        let outcomes = part.outcomes
        for (item, (name, model)) in zip(names, choices).enumerated() {
            let cell = item * outcomes.models + Int(model)
            var sum = sums[name] ?? (0, CompensatedSum(), CompensatedSum())
            sum.count += 1
            sum.quality.add(outcomes.quality.elements[cell])
            sum.cost.add(outcomes.cost.elements[cell])
            sums[name] = sum
        }
        return sums.mapValues { sum in
            [
                "n": JSONValue(sum.count),
                "accuracy": .double(sum.quality.value / Double(sum.count)),
                "cost": .double(sum.cost.value / Double(sum.count)),
            ]
        }
    }
}
