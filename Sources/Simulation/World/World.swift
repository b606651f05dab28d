import RouteGridBase
import Scheduling

/// One history: virtual time, a coordinator, workers, a network and a disk, all drawn from one seed.
final class World {
    /// A grid in this history and the durations of its parts.
    struct RunInfo {
        let grid: SimulatedGrid
        let cellMilliseconds: Int
        let fitMilliseconds: Int
    }

    let options: SimulationOptions
    let scenario: Scenario
    let mutation: Mutation?
    var report: SimulationReport
    var random: Xoshiro256
    private var stages: Xoshiro256
    /// What draws the GPUs of workers and the needs of runs.
    private var resources: Xoshiro256
    var now: Int64 = 0
    var store: SimulatedStore
    var network: SimulatedNetwork
    var trace: Trace
    let checker = Checker()
    var commitsBegun = 0
    var isDiskFull = false
    var areFaultsOver = false
    /// The fate of each key's cell, unless it simply succeeds.
    private(set) var fates: [Int: Fate] = [:]
    private var executions: [Int: Int] = [:]
    private var runs: [RunInfo] = []
    private var queue = EventQueue()
    private var diskFullUntil: Int64 = 0
    private var coordinatorPausedUntil: Int64 = 0
    private(set) var workers: [SimulatedWorker] = []
    /// The interventions that were requested.
    private(set) var asked: Set<Fault> = []

    init(seed: UInt64, options: SimulationOptions) {
        self.options = options
        mutation = options.mutation
        random = Self.stream(seed, "world")
        stages = Self.stream(seed, "stages")
        resources = Self.stream(seed, "resources")
        scenario = Scenario(options, using: &random)
        store = SimulatedStore(mutation: options.mutation)
        network = SimulatedNetwork(scenario, random: Self.stream(seed, "network"))
        trace = Trace(keeps: options.keepsTrace)
        report = SimulationReport(seed: seed)
        report.workers = scenario.workers
        workers = (0..<scenario.workers).map { index in
            let numerics: Set<String> = random.below(8) == 0 ? ["a", "b"] : ["a"]
            return SimulatedWorker(
                self,
                index: index,
                numerics: numerics,
                gpus: resources.below(3),
                random: Self.stream(seed, "worker \(index)")
            )
        }
    }

    /// What the lease ids of an epoch are drawn from.
    func identifiers(ofEpoch epoch: UInt32) -> Xoshiro256 { Self.stream(report.seed, "leases \(epoch)") }

    private static func stream(_ seed: UInt64, _ name: String) -> Xoshiro256 {
        Xoshiro256(seed: HashedText.digest(["routegrid/simulation/1", String(seed), name]))
    }

    func plan(_ event: Event, in milliseconds: Int64) { queue.plan(event, at: now + milliseconds) }

    func run(_ id: RunID) -> RunInfo { runs[Int(id.rawValue) - 1] }

    /// Submits a grid: it is on disk before anything else happens with it.
    @discardableResult
    func submit(cells: Int) -> RunID {
        let isSecond = !runs.isEmpty
        var grid = SimulatedGrid(
            cells: cells,
            largestGroup: [1, 5, 30, 300][random.below(4)],
            excludes: random.below(4) == 0,
            // A later grid shares some keys with the first.
            firstKey: isSecond ? random.below(2 * cells) : 0,
            using: &random
        )
        // Drawn from a separate stream, so that histories without stages are the same as before there were stages.
        if stages.below(4) == 0 { grid.defer(share: [0.1, 0.5, 0.9][stages.below(3)], using: &stages) }
        for cell in grid.certain + grid.deferred.subtracting(grid.excluded).sorted()
        where fates[grid.key(ofCell: cell)] == nil {
            let fate = Fate.draw(badRate: scenario.badRate, using: &random)
            if fate != .succeeds { fates[grid.key(ofCell: cell)] = fate }
        }
        var policy = RunPolicy()
        policy.retries = random.below(3)
        policy.crashLimit = 2 + random.below(4)
        policy.maxFails = random.below(6) == 0 ? random.below(cells) : nil
        policy.priority = random.below(2)
        policy.numerics = isSecond && workers.contains { $0.numerics.contains("b") } ? "b" : "a"
        // Drawn from a separate stream, as stages are.
        let most = workers.filter { $0.numerics.contains(policy.numerics) }.map(\.gpus).max() ?? 0
        if resources.below(4) == 0 { policy.needs.gpus = min(most, 1 + resources.below(2)) }
        runs.append(
            RunInfo(
                grid: grid,
                cellMilliseconds: [1, 30, 300][random.below(3)],
                fitMilliseconds: [1, 100, 1_000][random.below(3)]
            )
        )
        report.cells += cells
        return store.addRun(grid, policy)
    }

    /// How an execution of a key's cell that begins now will end.
    func ending(ofKey key: Int) -> Ending {
        executions[key, default: 0] += 1
        let count = executions[key, default: 0]
        switch fates[key] ?? .succeeds {
        case .succeeds: return .success
        case .fails(let times): return count <= times ? .failure(isRetryable: true) : .success
        case .failsForGood(let isRetryable): return .failure(isRetryable: isRetryable)
        case .hangs(let times): return count <= times ? .hang : .success
        case .crashesSlot(let times): return count <= times ? .crash : .success
        case .killsWorker(let times): return count <= times ? .death : .success
        }
    }

    func rightValue(of key: Int) -> UInt64 { (UInt64(key) &+ 1) &* 0x9E37_79B9_7F4A_7C15 }

    /// The result of a key, or occasionally another one.
    func value(of key: Int) -> UInt64 {
        let right = rightValue(of: key)
        return random.uniform() < scenario.divergenceRate ? right ^ 1 : right
    }

    /// Puts a batch on disk.
    @discardableResult
    func write(_ batch: SimulatedCoordinator.Commits.Batch) -> [CommitVerdict] {
        let verdicts = store.commit(batch.changes)
        checker.committed(batch.changes, store)
        return verdicts
    }

    func send(_ message: WorkerMessage, from route: Route) {
        for arrival in network.arrivals(worker: route.boot.worker, toWorker: false, now: now) {
            queue.plan(.toCoordinator(route, message), at: arrival)
        }
    }

    func send(_ message: CoordinatorMessage, to route: Route) {
        for arrival in network.arrivals(worker: route.boot.worker, toWorker: true, now: now) {
            queue.plan(.toWorker(route, message), at: arrival)
        }
    }

    /// Simulates the history to its end.
    func play() -> SimulationReport {
        let coordinator = SimulatedCoordinator(self)
        checker.isThorough = scenario.checkEvery < 1_000
        let cells = options.cells ?? 1 + random.below([12, 60, 400][random.below(3)] * (scenario.workers > 12 ? 3 : 1))
        submit(cells: cells)
        for worker in workers { plan(.startWorker(worker.index), in: Int64(random.below(1_000))) }
        for (at, fault) in scenario.faults { queue.plan(.fault(fault), at: at) }
        queue.plan(.faultsEnd, at: scenario.faultsEnd)
        coordinator.start()
        while let (time, event) = queue.next() {
            if let resume = pause(of: event), resume > time {
                queue.plan(event, at: resume)
                continue
            }
            now = time
            report.events += 1
            handle(event, coordinator)
            if checker.hasFailed { break }
            if case .tick = event {
                checker.look(self, coordinator.scheduler)
                if areFaultsOver, isSettled(coordinator) { break }
            }
            if now > deadline {
                checker.fail(["not settled at \(now) ms: \(standing(coordinator))"])
                break
            }
        }
        checker.finish(self, coordinator)
        report.virtualMilliseconds = now
        report.commits = store.commits
        report.records = store.records.count
        report.traceHash = trace.hash
        report.trace = trace.bytes
        report.violations = checker.violations
        return report
    }

    /// The time until which an event must wait because its process was stopped by a signal.
    private func pause(of event: Event) -> Int64? {
        switch event {
        case .toCoordinator, .tick, .probe, .keysRead, .readSelection, .commitReturned: coordinatorPausedUntil
        case .toWorker(let route, _): workers[route.boot.worker].pausedUntil
        case .heartbeat(let boot), .slotDone(let boot, _, _): workers[boot.worker].pausedUntil
        default: nil
        }
    }

    /// The latest moment at which everything that can be recorded must be recorded.
    private var deadline: Int64 {
        let work = runs.reduce(0) {
            $0 + $1.grid.cellCount * (2 * $1.cellMilliseconds + 2 * $1.fitMilliseconds + 1_500)
        }
        return scenario.faultsEnd + 240_000 + 4 * Int64(work) / Int64(max(1, workers.count / 8))
    }
}

extension World {
    private func handle(_ event: Event, _ coordinator: SimulatedCoordinator) {
        switch event {
        case .toCoordinator(let route, let message):
            let words = message.words
            trace.note(now, Int64(route.boot.worker), Int64(route.boot.start), words.0, words.1, words.2)
            if coordinator.isUp, isOpen(route) { coordinator.receive(message, from: route) }
        case .toWorker(let route, let message):
            let words = message.words
            trace.note(now, Int64(route.boot.worker), Int64(route.boot.start), words.0, words.1, words.2)
            if isAlive(route.boot), isOpen(route) { workers[route.boot.worker].receive(message) }
        case .tick(let life): if coordinator.isLiving(life) { coordinator.tick() }
        case .probe(let life): if coordinator.isLiving(life) { coordinator.probe() }
        case .readKeys(let life, let run, let groups):
            if coordinator.isLiving(life) { coordinator.readKeys(run, groups) }
        case .keysRead(let life, let run, let found): if coordinator.isLiving(life) { coordinator.keysRead(run, found) }
        case .readSelection(let life, let run): if coordinator.isLiving(life) { coordinator.select(run) }
        case .written(let life):
            trace.note(now, 21, Int64(store.commits), Int64(store.records.count))
            if coordinator.isLiving(life) { coordinator.written() }
        case .commitReturned(let life): if coordinator.isLiving(life) { coordinator.commitReturned() }
        case .startCoordinator:
            trace.note(now, 22)
            if !coordinator.isUp { coordinator.start() }
        case .startWorker(let worker): workers[worker].startUp()
        case .heartbeat(let boot): if isAlive(boot) { workers[boot.worker].heartbeat() }
        case .slotDone(let boot, let slot, let turn):
            if isAlive(boot) { workers[boot.worker].slotDone(slot, turn: turn) }
        case .leave(let boot): if isAlive(boot) { workers[boot.worker].leave() }
        case .fault(let fault):
            trace.note(now, 23)
            happen(fault, coordinator)
        case .faultsEnd: endFaults(coordinator)
        case .resumeRun(let run): resume(run, coordinator)
        }
    }

    /// Whether a message sent on this connection still arrives.
    ///
    /// A process that has ended sends no more, but what it sent may arrive.
    private func isOpen(_ route: Route) -> Bool {
        let worker = workers[route.boot.worker]
        return worker.start != route.boot.start || worker.connection == route.connection
    }

    private func isAlive(_ boot: Boot) -> Bool { workers[boot.worker].isUp && workers[boot.worker].start == boot.start }

    private func happen(_ fault: Fault, _ coordinator: SimulatedCoordinator) {
        switch fault {
        case .coordinatorCrash(let down): coordinator.crash(down: down)
        case .coordinatorPause(let span): coordinatorPausedUntil = now + span
        case .clockJump(let span): coordinator.jumped += span
        case .diskFull(let span):
            diskFullUntil = max(diskFullUntil, now + span)
            isDiskFull = now < diskFullUntil
            // A span of 0 is the check whether it has ended.
            if span > 0 { plan(.fault(.diskFull(0)), in: span) }
        case .workerCrash(let worker, let down): workers[worker].crash(down: down)
        case .workerPause(let worker, let span): workers[worker].pausedUntil = now + span
        case .workerLeave(let worker, _): if workers[worker].isUp { workers[worker].leave() }
        case .partition(let members, let span, let loses):
            network.cutOff(members, until: now + span, loses: loses)
            if loses { for worker in members { workers[worker].breakConnection() } }
        case .reset(let members): for worker in members { workers[worker].breakConnection() }
        case .submit:
            guard coordinator.isUp, coordinatorPausedUntil <= now else { return }
            let id = submit(cells: 1 + random.below(80))
            if let run = store.runs[id] { coordinator.take(up: id, run) }
        case .pauseRun, .cancelRun, .priority, .retry:
            guard coordinator.isUp, coordinatorPausedUntil <= now else { return }
            asked.insert(fault)
            coordinator.control(fault)
        }
    }

    private func resume(_ run: Int, _ coordinator: SimulatedCoordinator) {
        // Repeated until the coordinator is up.
        guard coordinator.isUp else { return plan(.resumeRun(run), in: 1_000) }
        coordinator.resume(run)
    }

    /// From here on there are no faults: what can be recorded must be.
    ///
    /// Waits for processes that are still stopped: they handle their waiting messages when they resume.
    private func endFaults(_ coordinator: SimulatedCoordinator) {
        let lastPause = workers.reduce(coordinatorPausedUntil) { max($0, $1.pausedUntil) }
        guard lastPause <= now else { return plan(.faultsEnd, in: lastPause - now) }
        areFaultsOver = true
        isDiskFull = false
        diskFullUntil = 0
        network.heal()
        // What a partition lost was lost with broken connections.
        for worker in workers where scenario.isConnected { worker.breakConnection() }
        guard coordinator.isUp else { return plan(.faultsEnd, in: 100) }
        for run in runs.indices {
            resume(run, coordinator)
            if scenario.retriesAtEnd { coordinator.control(.retry(run)) }
        }
    }

    private func isSettled(_ coordinator: SimulatedCoordinator) -> Bool {
        guard coordinator.isUp, coordinator.commits.isSettled,
            store.runs.values.allSatisfy({ $0.state.isOver })
        else { return false }
        return workers.allSatisfy { $0.unacknowledged.isEmpty }
    }

    private func standing(_ coordinator: SimulatedCoordinator) -> String {
        let counts = store.runs.keys.sorted().map { id in
            coordinator.scheduler.counts(of: id).map { "run \(id): \($0)" } ?? "run \(id) is unknown"
        }
        let held = workers.filter { !$0.unacknowledged.isEmpty }.map { "w\($0.index) holds \($0.unacknowledged.count)" }
        return (counts + held.prefix(5)).joined(separator: "; ")
    }
}

extension SimulatedCoordinator {
    func isLiving(_ life: Int) -> Bool { isUp && self.life == life }
}
