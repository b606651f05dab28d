package import RouteGridBase

/// What happens to the scheduler.
///
/// Nothing else changes it.
package enum SchedulerEvent: Sendable {
    /// A grid was submitted, or was found in the store at start.
    ///
    /// `selection`: the deferred cells that may run, when they were selected already.
    case runAdded(
        RunID,
        any CellSpace,
        RunPolicy,
        RunState,
        done: CellBitmap,
        exceptions: [Int: CellException],
        selection: CellBitmap? = nil
    )
    /// The answer to `.resolve`: the cells of a group that have no record yet and are not excluded.
    case resolved(RunID, group: Int, unrecorded: [Int], recorded: [Int])
    /// The answer to `.select`, once it is on disk: the deferred cells that may run from here on.
    case selected(RunID, cells: CellBitmap)
    case runPaused(RunID), runResumed(RunID), runCancelled(RunID, reason: String)
    case runPriority(RunID, Int)
    /// Final failures are to be tried again, with fresh counters; an empty list means all of them.
    case retry(RunID, cells: [Int])

    /// A process said hello, for the first time or again, with the leases it holds.
    case workerJoined(WorkerID, numerics: Set<String>, held: [HeldLease])
    /// How many leases the worker wants to hold at once.
    case credit(WorkerID, Int)
    /// Any message is a sign of life.
    case workerSeen(WorkerID)
    /// The leases that a worker says it holds.
    case heartbeat(WorkerID, leases: [LeaseID])
    /// A clean end, or a revoked key: its leases return and nothing is blamed.
    case workerLeft(WorkerID)
    /// The worker speaks what nobody understands: it is done with, and what it ran is blamed as if it had crashed.
    case workerExpelled(WorkerID)
    case drain(WorkerID)

    /// A worker started a cell, or (nil) the fit, of its lease. Fenced.
    case started(LeaseID, Fence, cell: Int?)
    /// Records of the cells are on disk, from whatever lease it came. Never fenced: a record is a function of its key.
    case committed(RunID, cells: [Int])
    /// A cell, or (nil) the fit and with it all cells left, failed. Fenced.
    case failed(LeaseID, Fence, cell: Int?, FailureKind, retryable: Bool, text: String)
    /// Cells are handed back unharmed (none named = all). Fenced.
    case released(LeaseID, Fence, cells: [Int])

    /// The store cannot take results for now (a full disk), or can again.
    case storeStalled(Bool)
    /// What workers say lies unread, and so nobody is silent: silence counts from here.
    case unread
    case tick

    package static func committed(_ run: RunID, cell: Int) -> SchedulerEvent { .committed(run, cells: [cell]) }
}

/// A lease as a worker remembers it: enough to continue it on a coordinator that was restarted.
package struct HeldLease: Hashable, Sendable {
    package var lease: LeaseID
    package var fence: Fence
    package var run: RunID
    package var cells: [Int]

    package init(lease: LeaseID, fence: Fence, run: RunID, cells: [Int]) {
        self.lease = lease
        self.fence = fence
        self.run = run
        self.cells = cells
    }
}

/// What the scheduler wants done.
package enum SchedulerCommand: Hashable, Sendable {
    /// Find out which cells of these groups have records; answer with `.resolved` for each.
    case resolve(RunID, groups: Range<Int>)
    /// All cells but the deferred ones are over: choose among these; answer with `.selected`.
    case select(RunID)
    case grant(WorkerID, LeaseID, Fence, RunID, group: Int, cells: [Int])
    /// Tell the worker to drop cells of a lease (none named = all).
    case revoke(WorkerID, LeaseID, Fence, cells: [Int])
    /// Write the exception of a cell; nil = there is none any more.
    case record(RunID, cell: Int, CellException?)
    case runChanged(RunID, RunState, reason: String)
    /// The worker sent nothing for a lease's time.
    case workerLost(WorkerID)
}
