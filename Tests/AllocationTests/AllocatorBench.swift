import Allocation
import RouteGridBase
import Scheduling
import Testing

/// An allocator with a queue that the test writes.
struct AllocatorBench {
    var allocator: Allocator
    var now = 1_000.0
    var queue: [SlurmJob] = []
    var cluster = ClusterView(demand: WorkDemand())
    var nodes: Set<String> = []

    init(bounds: ClosedRange<Int> = 0...4, _ change: (inout AllocatorSettings) -> Void = { _ in }) {
        var settings = AllocatorSettings(wanted: WorkersWanted(bounds: bounds, lifetime: 3_600))
        change(&settings)
        allocator = Allocator(settings: settings)
    }

    /// Work for so many workers of one slot.
    mutating func want(_ workers: Int) {
        let part = WorkDemand.Part(run: RunID(1), cells: workers, groups: workers, cellSeconds: 3_600)
        cluster.demand = WorkDemand(parts: workers > 0 ? [part] : [])
    }

    /// A round 30 s after the last.
    mutating func round(queueFails: Bool = false, clusterFails: Bool = false) -> [Allocator.Action] {
        now += 30
        return allocator.round(
            at: now,
            queue: queueFails ? nil : queue,
            cluster: clusterFails ? nil : cluster,
            nodes: nodes
        )
    }

    /// A round that is expected to submit; the jobs are in the queue afterwards.
    mutating func submit(_ id: Int, _ count: Int) {
        #expect(round() == [.submit(count, excluding: [])])
        let ids = (1...count).map { "\(id)_\($0)" }
        allocator.submitted(.accepted(ids))
        queue += ids.map { SlurmJob(id: $0, state: .waiting, reason: "Priority") }
    }

    /// Changes a job in the queue.
    mutating func set(_ id: String, _ state: SlurmJobState, on node: String? = nil, greeted: Bool? = nil) {
        queue.removeAll { $0.id == id }
        queue.append(SlurmJob(id: id, state: state, node: node))
        if greeted == true { cluster.connected.insert(id) }
        if greeted == false { cluster.connected.remove(id) }
    }
}
