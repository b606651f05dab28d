import RouteGridBase

/// Cells of one fit, leased to one worker.
struct Lease: Sendable {
    enum Progress: Hashable, Sendable {
        case notStarted
        case fit
        case cell(CellID)
        /// It was adopted after a restart, or its process died and no step was reported since: until one is, nothing is
        /// blamed on it and nothing is stolen from it.
        case unknown
    }

    let id: LeaseID
    let fence: Fence
    let run: RunID
    let group: Int
    let worker: WorkerID
    /// Cells not yet recorded, failed, released or stolen, in order.
    var cells: [CellID]
    /// The last step that was reported: a crash is blamed on it.
    var progress = Progress.notStarted
    let granted: Moment
    var progressed: Moment
    /// Whether a record of it was counted.
    var hasRecords = false
    /// When the worker last named the lease.
    var seen: Moment
    /// Cells that were stolen from it or are not its own: their revocation is repeated until the lease ends.
    var revoked: [CellID] = []

    init(id: LeaseID, fence: Fence, run: RunID, group: Int, worker: WorkerID, cells: [CellID], at now: Moment) {
        self.id = id
        self.fence = fence
        self.run = run
        self.group = group
        self.worker = worker
        self.cells = cells
        granted = now
        progressed = now
        seen = now
    }

    mutating func remove(_ cell: CellID) -> Bool {
        guard let place = cells.firstIndex(of: cell) else { return false }
        cells.remove(at: place)
        return true
    }

    /// The cells that the worker has not started, by its last report.
    ///
    /// Cells run in order: those before the current one are finished, their results under way.
    var notStarted: [CellID] {
        switch progress {
        case .notStarted, .fit: cells
        case .cell(let current): cells.filter { $0 > current }
        case .unknown: []
        }
    }
}

/// A connected process that takes leases.
struct WorkerEntry: Sendable {
    var numerics: Set<String>
    /// The names of programs that it lets routers run.
    var programs: Set<String> = []
    var offer = WorkerResources()
    var credit = 0
    var leases: Set<LeaseID> = []
    /// The group that the worker fitted last, by run.
    var owned: [RunID: Int] = [:]
    /// Whose results its own are, for audits.
    var origin = ResultOrigin(key: GrantLedger.anybody, host: "")
    /// Whether the operator marked its key as trusted.
    var isTrusted = false
    var seen: Moment
    /// When it last began, recorded or failed something, or was given work while it had none.
    var stepped: Moment
    var isDraining = false

    var hasFreeCredit: Bool { !isDraining && leases.count < credit }
}
