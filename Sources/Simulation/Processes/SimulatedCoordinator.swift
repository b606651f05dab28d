import RouteGridBase
import Scheduling

/// The coordinator's shell around the real scheduler: peers, commits, acknowledgements, as the server does them.
final class SimulatedCoordinator {
    typealias Commits = CommitQueue<SimulatedWrite, Route, Int, Answer>

    /// An answer to send once a batch is on disk.
    enum Answer {
        /// To the client who cancelled the run.
        case cancelled(RunID)
        /// To the scheduler.
        case selected(RunID, cells: [CellID])
        /// A lease, to its worker.
        case granted(WorkerID, LeaseID, Fence, Grant)
    }

    unowned let world: World
    private(set) var life = 0
    private(set) var isUp = false
    var scheduler: Scheduler
    var names: [Boot: WorkerID] = [:]
    var boots: [WorkerID: Boot] = [:]
    /// The connection of each worker's last hello.
    var peers: [WorkerID: Route] = [:]
    var commits = Commits()
    /// What is on disk of what workers were granted.
    private(set) var ledger = GrantLedger()
    /// The batch that is being written, with its verdicts once it is on disk.
    var inFlight: (batch: Commits.Batch, verdicts: [CommitVerdict]?, isRefused: Bool)?
    /// The clock since the last start: the virtual time of the start, and the sum of clock jumps.
    private var born: Int64 = 0
    var jumped: Int64 = 0
    private var events = 0
    /// Leases that the current event revoked.
    var revokedNow: Set<LeaseID> = []

    init(_ world: World) {
        self.world = world
        scheduler = Scheduler(epoch: 0, now: Moment(milliseconds: 0), identifiers: world.identifiers(ofEpoch: 0))
    }

    var now: Moment { Moment(milliseconds: world.now - born + jumped) }

    /// Starts the coordinator: a new epoch, a new scheduler with what is on disk, no known workers.
    func start() {
        life += 1
        isUp = true
        if world.mutation != .keepsEpoch || life == 1 { world.store.epoch += 1 }
        born = world.now
        jumped = 0
        (names, boots, peers) = ([:], [:], [:])
        (commits, inFlight) = (Commits(), nil)
        let runs = world.store.runs.sorted { $0.key < $1.key }
        scheduler = Scheduler(
            configuration: world.scenario.configuration,
            epoch: world.store.epoch,
            now: now,
            recovering: runs.contains { !$0.value.state.isOver },
            identifiers: world.identifiers(ofEpoch: world.store.epoch)
        )
        ledger = GrantLedger()
        for grant in world.store.grants { ledger.add(grant) }
        world.checker.coordinatorStarted(world.store)
        for (id, run) in runs { take(up: id, run) }
        world.plan(.tick(life: life), in: 0)
        world.plan(.probe(life: life), in: 1_000)
    }

    func take(up id: RunID, _ run: SimulatedStore.StoredRun) {
        handle(
            .runAdded(
                id,
                run.grid,
                run.policy,
                run.state,
                done: run.done,
                exceptions: run.exceptions,
                selection: run.selection.map { CellBitmap($0) }
            )
        )
    }

    /// Ends this process at once.
    ///
    /// A commit that is being written is on disk or not, at random.
    func crash(down: Int64) {
        guard isUp else { return }
        if let flight = inFlight, flight.verdicts == nil, !flight.isRefused, world.random.below(2) == 0 {
            world.write(flight.batch)
        }
        isUp = false
        life += 1
        world.report.coordinatorCrashes += 1
        world.plan(.startCoordinator, in: down)
    }

    /// Passes an event to the scheduler and executes its commands.
    func handle(_ event: SchedulerEvent) {
        world.checker.before(event, scheduler)
        let commands = scheduler.handle(event, at: now)
        events += 1
        if events % world.scenario.checkEvery == 0 { world.checker.fail(scheduler.checkInvariants()) }
        world.checker.after(event, commands, scheduler, world.store)
        for command in commands { perform(command) }
    }

    private func perform(_ command: SchedulerCommand) {
        switch command {
        case .resolve(let run, let groups):
            world.plan(.readKeys(life: life, run, groups), in: Int64(1 + world.random.below(10)))
        case .select(let run): world.plan(.readSelection(life: life, run), in: Int64(1 + world.random.below(20)))
        case .grant(let worker, let lease, let fence, let run, _, let cells):
            grant(cells, of: run, lease, fence, to: worker)
        case .revoke(let worker, let lease, _, let cells):
            revokedNow.insert(lease)
            send(.revoke(lease, cells: cells), to: worker)
        case .record(let run, let cell, let exception):
            commits.add(.exception(run, cell: cell, exception))
        case .runChanged(let run, let state, _):
            if state == .cancelled, world.mutation == .losesCancel { return }
            commits.add(.runState(run, state))
        case .workerLost(let worker):
            if world.mutation != .keepsLostPeers { peers[worker] = nil }
        }
    }

    /// A lease is sent once its grant is on disk.
    private func grant(_ cells: [CellID], of run: RunID, _ lease: LeaseID, _ fence: Fence, to worker: WorkerID) {
        let grant = Grant(run: run, holder: holder(worker), leased: cells)
        if ledger.contains(grant) || world.mutation == .leasesBeforeTheGrantIsWritten {
            send(.lease(lease, fence, run, cells: cells), to: worker)
        }
        guard !ledger.contains(grant) else { return }
        commits.add(.granted(grant))
        commits.add(answer: .granted(worker, lease, fence, grant))
    }

    /// A grant is on disk: its lease is sent, without what was recorded, stolen or returned meanwhile.
    func granted(_ worker: WorkerID, _ lease: LeaseID, _ fence: Fence, _ grant: Grant) {
        ledger.add(grant)
        let cells = scheduler.cells(of: lease)
        guard world.mutation != .leasesBeforeTheGrantIsWritten, scheduler.worker(of: lease) == worker, !cells.isEmpty
        else { return }
        handle(.sent(lease))
        send(.lease(lease, fence, grant.run, cells: cells), to: worker)
    }

    /// Every machine has a key of its own, which its processes share.
    func holder(_ worker: WorkerID) -> String {
        boots[worker].map { "key \($0.worker)" } ?? ""
    }

    func send(_ message: CoordinatorMessage, to worker: WorkerID) {
        if let route = peers[worker] { world.send(message, to: route) }
    }

    func tick() {
        handle(.tick)
        commitIfIdle()
        world.plan(.tick(life: life), in: 100)
    }

    /// Reads which cells of some groups are recorded; the answer arrives a little later.
    func readKeys(_ run: RunID, _ groups: Range<Int>) {
        guard let grid = world.store.runs[run]?.grid else { return }
        var found: [LookedUp] = []
        for group in groups {
            let cells = grid.cells(ofGroup: group).filter { !grid.excluded.contains($0) }
            found.append(
                LookedUp(
                    group: group,
                    unrecorded: cells.filter { world.store.records[grid.key(ofCell: $0)] == nil },
                    recorded: cells.filter { world.store.records[grid.key(ofCell: $0)] != nil }
                )
            )
        }
        world.plan(.keysRead(life: life, run, found), in: Int64(world.random.below(20)))
    }

    /// Selects from the records on disk; the selection takes effect once it is on disk too.
    func select(_ run: RunID) {
        guard let stored = world.store.runs[run] else { return }
        let cells = stored.grid.selection { world.store.records[stored.grid.key(ofCell: $0)] != nil }
        commits.add(.selection(run, cells: cells))
        if world.mutation == .leasesBeforeSelectionIsWritten {
            handle(.selected(run, cells: CellBitmap(cells)))
        } else {
            commits.add(answer: .selected(run, cells: cells))
        }
        commitIfIdle()
    }

    func keysRead(_ run: RunID, _ found: [LookedUp]) {
        for item in found {
            handle(.resolved(run, group: item.group, unrecorded: item.unrecorded, recorded: item.recorded))
        }
        let reused = found.flatMap(\.recorded).filter { scheduler.isOpen($0, in: run) }
        if !reused.isEmpty { commits.add(.reused(run, cells: reused)) }
        commitIfIdle()
    }
}
