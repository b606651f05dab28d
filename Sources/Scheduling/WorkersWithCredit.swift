import HeapModule
import RouteGridBase

/// Workers that want more leases, in the order in which they are served: those that hold none first, then by number.
struct WorkersWithCredit: Sendable {
    private(set) var idle: Set<WorkerID> = []
    private var busy: Set<WorkerID> = []
    /// Every member is in its heap at least once; entries of former members are skipped.
    private var idleOrder = Heap<WorkerID>()
    private var busyOrder = Heap<WorkerID>()

    var count: Int { idle.count + busy.count }
    var isEmpty: Bool { idle.isEmpty && busy.isEmpty }

    func contains(_ id: WorkerID) -> Bool { idle.contains(id) || busy.contains(id) }

    mutating func insert(_ id: WorkerID, isIdle: Bool) {
        if isIdle {
            busy.remove(id)
            if idle.insert(id).inserted { idleOrder.insert(id) }
        } else {
            idle.remove(id)
            if busy.insert(id).inserted { busyOrder.insert(id) }
        }
    }

    mutating func remove(_ id: WorkerID) {
        idle.remove(id)
        busy.remove(id)
    }

    /// Removes the worker to serve next.
    mutating func popFirst() -> WorkerID? {
        while let id = idleOrder.popMin() {
            if idle.remove(id) != nil { return id }
        }
        while let id = busyOrder.popMin() {
            if busy.remove(id) != nil { return id }
        }
        return nil
    }
}
