import RouteGridBase
import Scheduling

/// A change to be written to disk.
enum SimulatedWrite: DurableChange {
    case result(HeldResult)
    case reused(RunID, cells: [CellID])
    case exception(RunID, cell: CellID, CellException?)
    case runState(RunID, RunState)
    case priority(RunID, Int)
    case selection(RunID, cells: [CellID])
    case granted(Grant)

    var isResult: Bool { if case .result = self { true } else { false } }
}

/// The data on disk: it survives a crash of the coordinator, and changes by whole commits only.
struct SimulatedStore {
    struct StoredRun {
        let grid: SimulatedGrid
        var policy: RunPolicy
        var state = RunState.active
        var done = CellBitmap()
        var exceptions: [CellID: CellException] = [:]
        /// The deferred cells that may run; nil before the selection.
        var selection: Set<CellID>?

        /// The cells that must be recorded in the present stage.
        var wanted: [CellID] { (grid.certain + (selection ?? [])).sorted() }
        func mayRun(_ cell: CellID) -> Bool { !grid.isDeferred(cell) || selection?.contains(cell) == true }
    }

    struct Divergence: Hashable {
        let key: Int
        let second: UInt64
    }

    let mutation: Mutation?
    var epoch: UInt32 = 0
    var runs: [RunID: StoredRun] = [:]
    private(set) var records: [Int: UInt64] = [:]
    /// How many rows each key has: one, unless something is wrong.
    private(set) var rows: [Int: Int] = [:]
    private(set) var divergences: Set<Divergence> = []
    private(set) var commits = 0
    private(set) var grants: [Grant] = []

    init(mutation: Mutation?) { self.mutation = mutation }

    mutating func addRun(_ grid: SimulatedGrid, _ policy: RunPolicy) -> RunID {
        let id = RunID(UInt64(runs.count + 1))
        runs[id] = StoredRun(grid: grid, policy: policy)
        return id
    }

    /// Puts a batch on disk; returns a verdict for each result.
    mutating func commit(_ writes: [SimulatedWrite]) -> [CommitVerdict] {
        commits += 1
        var verdicts: [CommitVerdict] = []
        for write in writes {
            switch write {
            case .result(let result):
                verdicts.append(insert(result))
                if mutation != .forgetsDoneBits, mutation != .splitsCommit { mark(result.run, result.cell) }
            case .reused(let run, let cells): for cell in cells { mark(run, cell) }
            case .exception(let run, let cell, let exception):
                if mutation != .forgetsExceptions { runs[run]?.exceptions[cell] = exception }
            case .runState(let run, let state): runs[run]?.state = state
            case .priority(let run, let priority): runs[run]?.policy.priority = priority
            case .selection(let run, let cells): runs[run]?.selection = Set(cells)
            case .granted(let grant): if mutation != .losesGrants { grants.append(grant) }
            }
        }
        return verdicts
    }

    mutating func mark(_ run: RunID, _ cell: CellID) { runs[run]?.done.insert(cell) }

    private mutating func insert(_ result: HeldResult) -> CommitVerdict {
        guard let first = records[result.key] else {
            records[result.key] = result.value
            rows[result.key] = 1
            return .new
        }
        if mutation == .insertsTwice {
            rows[result.key, default: 0] += 1
            return .new
        }
        if first == result.value { return .equal }
        if mutation == .replacesRecords { records[result.key] = result.value }
        if mutation == .countsDivergenceAsEqual { return .equal }
        divergences.insert(Divergence(key: result.key, second: result.value))
        return .divergent
    }
}
