import RouteGridBase
import Scheduling
import Testing

/// Groups of equal size.
struct UniformSpace: CellSpace {
    let groupCount: Int
    let groupSize: Int
    var cellCount: Int { groupCount * groupSize }
    var excludedCount: Int { 0 }
    /// Groups at the end that measure latency.
    var measurements = 0
    var firstMeasurement: Int { groupCount - measurements }
    func cells(ofGroup group: Int) -> Range<CellID> { CellID(group * groupSize)..<CellID((group + 1) * groupSize) }
    func group(ofCell cell: CellID) -> Int { cell.rawValue / groupSize }
}

/// A lease as the scheduler granted it.
struct Granted: Hashable {
    let worker: WorkerID
    let lease: LeaseID
    let fence: Fence
    let run: RunID
    let cells: [CellID]
}

/// Lease ids that tests can foretell: those of the fences.
struct CountedIdentifiers: RandomNumberGenerator, Sendable {
    private var last: UInt64
    init(next start: UInt64) { last = start }
    mutating func next() -> UInt64 {
        last += 1
        return last
    }
}

/// A scheduler on the bench: answers look-ups as an empty store would, and checks all invariants after every event.
final class SchedulerBench {
    var scheduler: Scheduler
    var now: Int64 = 0
    /// Cells that look-ups find recorded.
    var recorded: [RunID: Set<CellID>] = [:]
    var answersLookUps = true
    var spaces: [RunID: any CellSpace] = [:]

    init(epoch: UInt32 = 1, recovering: Bool = false, _ configuration: Scheduler.Configuration = .init()) {
        scheduler = Scheduler(
            configuration: configuration,
            epoch: epoch,
            now: Moment(milliseconds: 0),
            recovering: recovering,
            identifiers: CountedIdentifiers(next: UInt64(epoch) << 32)
        )
    }

    /// Handles an event, and the answers to the look-ups it causes; gives all commands but the look-ups.
    @discardableResult
    func handle(_ event: SchedulerEvent, _ location: SourceLocation = #_sourceLocation) -> [SchedulerCommand] {
        var events = [event]
        var commands: [SchedulerCommand] = []
        while !events.isEmpty {
            for command in scheduler.handle(events.removeFirst(), at: Moment(milliseconds: now)) {
                guard answersLookUps, case .resolve(let run, let groups) = command, let space = spaces[run] else {
                    commands.append(command)
                    continue
                }
                for group in groups { events.append(answer(run, space, group)) }
            }
            let broken = scheduler.checkInvariants()
            #expect(broken.isEmpty, "\(broken)", sourceLocation: location)
        }
        return commands
    }

    func answer(_ run: RunID, _ space: any CellSpace, _ group: Int) -> SchedulerEvent {
        let known = recorded[run] ?? []
        return .resolved(
            run,
            group: group,
            unrecorded: space.cells(ofGroup: group).filter { !known.contains($0) },
            recorded: space.cells(ofGroup: group).filter { known.contains($0) }
        )
    }

    /// Adds a run of equal groups.
    @discardableResult
    func add(
        _ run: RunID,
        groups: Int,
        of size: Int,
        measurements: Int = 0,
        state: RunState = .active,
        done: [CellID] = [],
        exceptions: [CellID: CellException] = [:],
        policy change: (inout RunPolicy) -> Void = { _ in }
    ) -> [SchedulerCommand] {
        var policy = RunPolicy()
        change(&policy)
        var bitmap = CellBitmap()
        for cell in done { bitmap.insert(cell) }
        let space = UniformSpace(groupCount: groups, groupSize: size, measurements: measurements)
        spaces[run] = space
        return handle(.runAdded(run, space, policy, state, done: bitmap, exceptions: exceptions))
    }

    /// A worker greets and takes as many leases as its credit allows.
    @discardableResult
    func join(_ worker: WorkerID, credit: Int = 1, numerics: Set<String> = [""]) -> [Granted] {
        handle(.workerJoined(worker, numerics: numerics, held: []))
        return granted(handle(.credit(worker, credit)))
    }

    /// Lets time pass in ticks, as the server does; the workers named stay alive and hold on to their leases.
    @discardableResult
    func pass(_ milliseconds: Int64, alive: [WorkerID] = []) -> [SchedulerCommand] {
        var commands: [SchedulerCommand] = []
        let end = now + milliseconds
        while now < end {
            now = min(now + 100, end)
            for worker in alive { commands += handle(.heartbeat(worker, leases: scheduler.leases(of: worker))) }
            commands += handle(.tick)
        }
        return commands
    }

    /// Runs a lease to its end: every cell is started and recorded.
    func finish(_ lease: Granted, each milliseconds: Int64 = 0) -> [SchedulerCommand] {
        var commands = handle(.started(lease.lease, lease.fence, cell: nil))
        for cell in lease.cells {
            commands += handle(.started(lease.lease, lease.fence, cell: cell))
            now += milliseconds
            commands += handle(.committed(lease.run, cell: cell))
        }
        return commands
    }

    func granted(_ commands: [SchedulerCommand]) -> [Granted] {
        commands.compactMap { command in
            guard case .grant(let worker, let lease, let fence, let run, _, let cells) = command else { return nil }
            return Granted(worker: worker, lease: lease, fence: fence, run: run, cells: cells)
        }
    }

    func exception(_ cell: CellID, of run: RunID = run1) -> CellException? {
        scheduler.exceptions(of: run).first { $0.cell == cell }?.exception
    }

    func counts(_ run: RunID = run1) throws -> RunCounts { try #require(scheduler.counts(of: run)) }
}

let run1 = RunID(1)
let run2 = RunID(2)
let ann = WorkerID(1)
let bob = WorkerID(2)
