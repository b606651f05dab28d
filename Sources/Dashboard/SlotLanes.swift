import RouteGridBase

/// Which slot of a worker computes what, sample by sample: the rows of the task stream.
///
/// A coordinator knows leases, not slots; a lease keeps the lane that it was first seen in.
struct SlotLanes: Sendable {
    /// Samples that a page which is opened late is given.
    private static let kept = 300
    /// Rows that are shown at most.
    private static let mostRows = 96

    private var lanes: [String: [String?]] = [:]
    private var names: [String: String] = [:]
    private var lastFailure: Int?
    private(set) var samples: [JSONValue] = []

    /// Adds a sample made of a coordinator's metrics, taken at a time in seconds since 1970.
    mutating func add(_ metrics: JSONValue, at time: Double) {
        var slots: [String: Int] = [:]
        var order: [String] = []
        for worker in metrics["worker_list"]?.arrayValue ?? [] {
            guard let id = worker["worker"]?.stringValue else { continue }
            order.append(id)
            slots[id] = min(64, max(1, worker["slots"]?.integerValue ?? 1))
            names[id] = worker["name"]?.stringValue ?? id
        }
        let active = Dictionary(grouping: metrics["slots"]?.arrayValue ?? []) { $0["worker"]?.stringValue ?? "" }
        let failed = newFailures(metrics)
        var rows: [JSONValue] = []
        for id in order where rows.count < Self.mostRows {
            let leases = active[id] ?? []
            var lane = lanes[id] ?? []
            lane += Array(repeating: nil, count: max(0, (slots[id] ?? 1) - lane.count))
            let held = Set(leases.compactMap { $0["lease"]?.stringValue })
            lane = lane.map { $0.flatMap { held.contains($0) ? $0 : nil } }
            for lease in leases {
                guard let name = lease["lease"]?.stringValue, !lane.contains(name),
                    let free = lane.firstIndex(where: { $0 == nil })
                else { continue }
                lane[free] = name
            }
            lanes[id] = lane
            let hasFailed = failed.contains(names[id] ?? id)
            for (place, name) in lane.enumerated() where rows.count < Self.mostRows {
                let lease = leases.first { $0["lease"]?.stringValue == name && name != nil }
                rows.append([
                    "slot": .string("\(SafeText.line(names[id] ?? id)) #\(place + 1)"),
                    "router": lease?["router"] ?? .null,
                    "step": lease.map { $0["cell"].map { .string("cell \($0.integerValue ?? 0)") } ?? "fit" } ?? .null,
                    "run": lease?["run"] ?? .null, "seconds": lease?["step_s"] ?? .null,
                    "failed": .bool(hasFailed && place == 0),
                ])
            }
        }
        lanes = lanes.filter { slots[$0.key] != nil }
        let rate = metrics["records"]?["per_second_10s"] ?? .null
        samples.append(["time": .double(time), "rate": rate, "rows": .array(rows)])
        if samples.count > Self.kept { samples.removeFirst() }
    }

    /// The names of workers that reported a failure since the last sample.
    private mutating func newFailures(_ metrics: JSONValue) -> Set<String> {
        let failures = metrics["failures"]?.arrayValue ?? []
        let last = failures.last?["number"]?.integerValue ?? 0
        defer { lastFailure = last }
        guard let known = lastFailure, known <= last else { return [] }
        return Set(
            failures.filter { ($0["number"]?.integerValue ?? 0) > known }.compactMap { $0["worker"]?.stringValue }
        )
    }

    var last: JSONValue { samples.last ?? .null }
}
