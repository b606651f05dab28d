import RouteGridBase

/// Cells of one fit in the hands of one worker.
struct Lease: Sendable {
    enum Progress: Hashable, Sendable {
        case notStarted
        case fit
        case cell(Int)
        /// It went on while nobody listened, or its process died and the next has not spoken: nothing is blamed, and
        /// nothing is taken from it, until it says what it does.
        case unknown
    }

    let id: LeaseID
    let fence: Fence
    let run: RunID
    let group: Int
    let worker: WorkerID
    /// Cells not yet recorded, failed or taken back, in order.
    var cells: [Int]
    /// The last thing that was started: a crash is blamed on it.
    var progress = Progress.notStarted
    let granted: Moment
    var progressed: Moment
    /// Whether a record of it was counted.
    var hasRecords = false
    /// The last time the worker named the lease.
    var seen: Moment
    /// Cells that were taken from it and given to others: the worker is told to drop them until the lease ends.
    var revoked: [Int] = []

    init(id: LeaseID, fence: Fence, run: RunID, group: Int, worker: WorkerID, cells: [Int], at now: Moment) {
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

    mutating func remove(_ cell: Int) -> Bool {
        guard let place = cells.firstIndex(of: cell) else { return false }
        cells.remove(at: place)
        return true
    }

    /// The cells that a worker has not begun, by what it said.
    ///
    /// Cells run in their order, and one before the current one is finished, its result on its way.
    var notStarted: [Int] {
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
    var credit = 0
    var leases: Set<LeaseID> = []
    /// The group of each run that the worker fitted last.
    var owned: [RunID: Int] = [:]
    var seen: Moment
    var isDraining = false

    var isHungry: Bool { !isDraining && leases.count < credit }
}
