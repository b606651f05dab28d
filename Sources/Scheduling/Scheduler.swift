import RouteGridBase

/// Decides which worker runs which cells.
///
/// Events go in, commands come out; it has no clock, no I/O and no randomness of its own (lease ids are drawn from the
/// generator that it was given), so that the same events give the same commands, and a simulator can drive it through
/// any history.
///
/// Guarantee, together with the store: a cell may be executed more than once; it is counted once, when its record is on
/// disk; a cell that is not recorded is pending, leased, backing off or finally failed, never forgotten
/// (``checkInvariants()``).
package struct Scheduler: Sendable {
    package struct Configuration: Hashable, Sendable {
        /// A worker that sends nothing for this long is lost; a lease that its worker does not name for this long
        /// returns.
        package var leaseMilliseconds: Int64 = 5_000
        package var maximumCells = 256
        /// What one lease should take, once durations were observed.
        package var targetMilliseconds = 2_000.0
        /// What one lease should take at least where the last cells of a run are divided among workers.
        package var leastMilliseconds = 20.0
        /// After a start with unfinished runs, workers have this long to report their leases before those cells are
        /// granted anew.
        package var graceMilliseconds: Int64 = 1_500
        /// After no event for this long, not even a tick, the coordinator itself was stopped: every timeout starts
        /// anew.
        package var stopDetectionMilliseconds: Int64 = 1_000
        /// How many cells are looked up ahead of the workers.
        package var readyCells = 4_096
        package var resolveGroups = 256
        package init() {}
    }

    let configuration: Configuration
    let epoch: UInt32
    var counter: UInt32 = 0
    /// What lease ids are drawn from: nobody can name a lease that was not sent to it.
    private var identifiers: any RandomNumberGenerator & Sendable
    var now: Moment
    /// No lease is granted before this moment.
    var graceEnd: Moment
    /// When the coordinator last resumed from a stop of its own, or last had unread messages: no timeout starts before
    /// it, because no message could have been received.
    var timeoutsStart: Moment
    var runs: [RunID: Run] = [:]
    /// The runs that have not ended.
    var unfinished: Set<RunID> = []
    var workers: [WorkerID: WorkerEntry] = [:]
    var leases: [LeaseID: Lease] = [:]
    /// Recorded cells that are computed again, with leases of their own.
    var audits = AuditQueue()
    /// Connected workers by the key of their origin.
    var workersByKey: [String: Int] = [:]
    /// The number of leases that all workers together want to hold.
    var wantedLeases = 0
    /// Workers that want more leases.
    var withCredit = WorkersWithCredit()
    var isStalled = false
    var commands: [SchedulerCommand] = []
    /// Whether something changed that may allow a grant.
    var mayGrant = false

    /// - Parameters:
    ///   - configuration: times and sizes.
    ///   - epoch: grows at each coordinator start, so that fences of earlier starts are smaller.
    ///   - now: the clock at the start.
    ///   - recovering: whether workers may hold leases from before the start.
    ///   - identifiers: what lease ids are drawn from; a coordinator gives the system's generator.
    package init(
        configuration: Configuration = Configuration(),
        epoch: UInt32,
        now: Moment,
        recovering: Bool = false,
        identifiers: any RandomNumberGenerator & Sendable
    ) {
        self.configuration = configuration
        self.identifiers = identifiers
        self.epoch = epoch
        self.now = now
        timeoutsStart = now
        graceEnd = now + (recovering ? configuration.graceMilliseconds : 0)
    }

    /// Handles one event and returns what to do about it, in order.
    package mutating func handle(_ event: SchedulerEvent, at moment: Moment) -> [SchedulerCommand] {
        if moment - now > configuration.stopDetectionMilliseconds { timeoutsStart = moment }
        now = max(now, moment)
        switch event {
        case .runAdded(let id, let space, let policy, let state, let done, let exceptions, let selection):
            add(id, Run(space, policy, state, done: done, exceptions: exceptions, selection: selection))
        case .selected(let id, let cells): selected(id, cells: cells)
        case .resolved(let id, let group, let unrecorded, let recorded):
            resolved(id, group: group, unrecorded: unrecorded, recorded: recorded)
        case .runPaused(let id): change(id, to: .paused, reason: "")
        case .runResumed(let id): change(id, to: .active, reason: "")
        case .runCancelled(let id, let reason): end(id, as: .cancelled, reason: reason)
        case .runPriority(let id, let priority): runs[id]?.policy.priority = priority
        case .retry(let id, let cells): retry(id, cells: cells)
        case .purged(let id, let cells): purged(id, cells: cells)
        case .workerJoined(let id, let numerics, let programs, let offer, let held):
            join(id, numerics: numerics, programs: programs, offer: offer, held: held)
        case .workerOrigin(let id, let origin, let isTrusted): set(origin, of: id, isTrusted: isTrusted)
        case .credit(let id, let credit):
            seen(id)
            wantedLeases += credit - (workers[id]?.credit ?? credit)
            workers[id]?.credit = credit
            updateFreeCredit(id)
        case .messageReceived(let id): seen(id)
        case .heartbeat(let id, let named): heartbeat(id, named: named)
        case .workerLeft(let id): remove(id, blaming: false)
        case .workerExpelled(let id): remove(id, blaming: true)
        case .drain(let id):
            workers[id]?.isDraining = true
            updateFreeCredit(id)
        case .sent(let id): sent(id)
        case .started(let id, let fence, _) where audits.holds(id): auditStarted(id, fence)
        case .started(let id, let fence, let cell): started(id, fence, cell: cell)
        case .committed(let id, let cells):
            committed(id, cells: cells)
            if !audits.isEmpty { for cell in cells { audited(id, cell) } }
        case .audit(let task): audit(task)
        case .failed(let id, let fence, let cell, _, _, _) where audits.holds(id): auditFailed(id, fence, cell: cell)
        case .failed(let id, let fence, let cell, let kind, let retryable, let text):
            failed(id, fence, cell: cell, kind: kind, retryable: retryable, text: text)
        case .released(let id, let fence, let cells) where audits.holds(id): auditReleased(id, fence, cells: cells)
        case .released(let id, let fence, let cells): released(id, fence, cells: cells)
        case .storeStalled(let stalled):
            // Results that were dropped meanwhile come again.
            if isStalled, !stalled { for worker in workers.keys { workers[worker]?.stepped = now } }
            isStalled = stalled
            mayGrant = true
        case .unread: timeoutsStart = now
        case .tick: tick()
        }
        if mayGrant { grantLeases() }
        for id in unfinished.sorted() { settle(id) }
        defer { commands.removeAll(keepingCapacity: true) }
        return commands
    }

    /// A lease id that is not in use.
    mutating func drawLeaseID() -> LeaseID {
        while true {
            let id = LeaseID(identifiers.next())
            if id.rawValue != 0, leases[id] == nil, audits.leases[id] == nil { return id }
        }
    }

    /// Leases in the order in which they were granted.
    func byAge(_ ids: some Sequence<LeaseID>) -> [LeaseID] {
        ids.compactMap { leases[$0] }.sorted { ($0.fence, $0.id) < ($1.fence, $1.id) }.map(\.id)
    }
}
