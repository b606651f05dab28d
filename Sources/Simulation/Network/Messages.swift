import RouteGridBase
import Scheduling

/// A result as a worker keeps it until it is acknowledged.
struct HeldResult: Hashable {
    let lease: LeaseID
    let fence: Fence
    let run: RunID
    let cell: CellID
    let key: Int
    /// What was computed: a function of the key, unless the history says otherwise.
    let value: UInt64
}

enum WorkerMessage {
    case hello(numerics: Set<String>, gpus: Int, held: [HeldLease])
    case credit(Int)
    case heartbeat([LeaseID])
    case started(LeaseID, Fence, cell: CellID?)
    case result([HeldResult])
    case failed(LeaseID, Fence, cell: CellID?, FailureKind, retryable: Bool)
    case release(LeaseID, Fence, cells: [CellID])
    case goodbye

    /// For the trace.
    var words: (Int64, Int64, Int64) {
        func word(_ lease: LeaseID) -> Int64 { Int64(bitPattern: lease.rawValue) }
        switch self {
        case .hello(_, _, let held): return (1, Int64(held.count), held.reduce(0) { $0 &* 31 &+ word($1.lease) })
        case .credit(let credit): return (2, Int64(credit), 0)
        case .heartbeat(let leases): return (3, Int64(leases.count), leases.reduce(0) { $0 &* 31 &+ word($1) })
        case .started(let lease, _, let cell): return (4, word(lease), Int64(cell?.rawValue ?? -1))
        case .result(let items): return (5, Int64(items.count), items.reduce(0) { $0 &* 31 &+ Int64($1.key) })
        case .failed(let lease, _, let cell, _, _): return (6, word(lease), Int64(cell?.rawValue ?? -1))
        case .release(let lease, _, let cells): return (7, word(lease), Int64(cells.count))
        case .goodbye: return (8, 0, 0)
        }
    }
}

enum CoordinatorMessage {
    case welcome
    case unknown
    case lease(LeaseID, Fence, RunID, cells: [CellID])
    case revoke(LeaseID, cells: [CellID])
    case heartbeat
    case committed(keys: [Int])

    var words: (Int64, Int64, Int64) {
        func word(_ lease: LeaseID) -> Int64 { Int64(bitPattern: lease.rawValue) }
        switch self {
        case .welcome: return (11, 0, 0)
        case .unknown: return (12, 0, 0)
        case .lease(let lease, _, _, let cells): return (13, word(lease), Int64(cells.count))
        case .revoke(let lease, let cells): return (14, word(lease), Int64(cells.count))
        case .heartbeat: return (16, 0, 0)
        case .committed(let keys): return (15, Int64(keys.count), keys.reduce(0) { $0 &* 31 &+ Int64($1) })
        }
    }
}
