import HeapModule
import RouteGridBase

/// Something that happens at a moment of virtual time.
enum Event {
    case toCoordinator(Route, WorkerMessage)
    case toWorker(Route, CoordinatorMessage)
    // The coordinator's own; `life` is the number of the start that they belong to.
    case tick(life: Int)
    case probe(life: Int)
    case readKeys(life: Int, RunID, Range<Int>)
    case keysRead(life: Int, RunID, [LookedUp])
    case readSelection(life: Int, RunID)
    case written(life: Int)
    case commitReturned(life: Int)
    case startCoordinator
    // A worker's own.
    case startWorker(Int)
    case heartbeat(Boot)
    case slotDone(Boot, slot: Int, turn: Int)
    case leave(Boot)
    // The world's.
    case fault(Fault)
    case faultsEnd
    case resumeRun(Int)
}

/// A worker process: a place, and how often it was started.
struct Boot: Hashable {
    let worker: Int
    let start: Int
}

/// One connection of a worker process.
///
/// Messages under way in either direction are lost when it breaks.
struct Route: Hashable {
    let boot: Boot
    let connection: Int
}

/// The answer to the look-up of one group.
struct LookedUp {
    let group: Int
    let unrecorded: [CellID]
    let recorded: [CellID]
}

/// Events by time; those of one time in the order in which they were added.
struct EventQueue {
    private struct Entry: Comparable {
        let time: Int64
        let order: Int
        let event: Event
        static func < (left: Entry, right: Entry) -> Bool { (left.time, left.order) < (right.time, right.order) }
        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order && left.time == right.time }
    }

    private var heap = Heap<Entry>()
    private var planned = 0

    mutating func plan(_ event: Event, at time: Int64) {
        planned += 1
        heap.insert(Entry(time: time, order: planned, event: event))
    }

    mutating func next() -> (time: Int64, event: Event)? { heap.popMin().map { ($0.time, $0.event) } }
}
