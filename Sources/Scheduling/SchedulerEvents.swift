package import RouteGridBase

/// An input of the scheduler.
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
        exceptions: [CellID: CellException],
        selection: CellBitmap? = nil
    )
    /// The answer to `.resolve`: the cells of a group that have no record yet and are not excluded.
    case resolved(RunID, group: Int, unrecorded: [CellID], recorded: [CellID])
    /// The answer to `.select`, once it is on disk: the deferred cells that may run from now on.
    case selected(RunID, cells: CellBitmap)
    case runPaused(RunID), runResumed(RunID), runCancelled(RunID, reason: String)
    case runPriority(RunID, Int)
    /// Final failures are to be retried, with fresh counters; an empty list means all of them.
    case retry(RunID, cells: [CellID])
    /// Records were taken back, also on disk: their cells run again, and a finished run goes on.
    case purged(RunID, cells: [CellID])

    /// A process sent a hello, for the first time or again, with the programs it allows, what it has, and the leases it
    /// holds.
    case workerJoined(
        WorkerID,
        numerics: Set<String>,
        programs: Set<String> = [],
        offer: WorkerResources = WorkerResources(),
        held: [HeldLease]
    )
    /// Whose results a worker's are, and whether the operator trusts its key; before it may compute cells again.
    case workerOrigin(WorkerID, ResultOrigin, isTrusted: Bool)
    /// How many leases the worker wants to hold at once.
    case credit(WorkerID, Int)
    /// Any message shows that the worker lives.
    case messageReceived(WorkerID)
    /// The leases that a worker's heartbeat names.
    case heartbeat(WorkerID, leases: [LeaseID])
    /// An orderly leave, or a revoked key: its leases return and nothing is blamed.
    case workerLeft(WorkerID)
    /// The worker sent a malformed message: it is removed, and what it ran is blamed as for a crash.
    case workerExpelled(WorkerID)
    case drain(WorkerID)

    /// A lease that was granted is on its way only now, because its grant had to be written first: its times begin.
    case sent(LeaseID)
    /// A worker started a cell, or (nil) the fit, of its lease. Fenced.
    case started(LeaseID, Fence, cell: CellID?)
    /// Records of the cells are on disk, from whatever lease it came. Never fenced: a record is a function of its key.
    case committed(RunID, cells: [CellID])
    /// A cell, or (nil) the fit and with it all remaining cells, failed. Fenced.
    case failed(LeaseID, Fence, cell: CellID?, FailureKind, retryable: Bool, text: String)
    /// Cells are released unharmed (none named = all). Fenced.
    case released(LeaseID, Fence, cells: [CellID])

    /// A recorded cell is to be computed again; idle workers get it.
    case audit(AuditTask)

    /// The store cannot accept results for now (a full disk), or can again.
    case storeStalled(Bool)
    /// Messages from workers are unread, so none has missed its timeout: timeouts start from here.
    case unread
    case tick

    package static func committed(_ run: RunID, cell: CellID) -> SchedulerEvent { .committed(run, cells: [cell]) }
}

/// A lease as its worker holds it: enough for a restarted coordinator to adopt it.
package struct HeldLease: Hashable, Sendable {
    package var lease: LeaseID
    package var fence: Fence
    package var run: RunID
    package var cells: [CellID]

    package init(lease: LeaseID, fence: Fence, run: RunID, cells: [CellID]) {
        self.lease = lease
        self.fence = fence
        self.run = run
        self.cells = cells
    }
}

/// An output of the scheduler.
package enum SchedulerCommand: Hashable, Sendable {
    /// Find out which cells of these groups have records; answer with `.resolved` for each.
    case resolve(RunID, groups: Range<Int>)
    /// All other cells have ended: select among the deferred ones; answer with `.selected`.
    case select(RunID)
    case grant(WorkerID, LeaseID, Fence, RunID, group: Int, cells: [CellID])
    /// Revoke cells of a lease from the worker (none named = all).
    case revoke(WorkerID, LeaseID, Fence, cells: [CellID])
    /// Write the exception of a cell; nil removes it.
    case record(RunID, cell: CellID, CellException?)
    case runChanged(RunID, RunState, reason: String)
    /// The worker sent no message for `leaseMilliseconds`.
    case workerLost(WorkerID)
}
