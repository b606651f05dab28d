import Foundation
package import Grid
import Logging
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Answers a client or follower.
    func answer(_ message: WireMessage, of peer: Peer, _ route: RoutingID) throws(RouteGridError) {
        switch message.body {
        case .heartbeat: send(.heartbeat, to: route)
        case .submit(let submit): try self.submit(Array(submit.lock), route)
        case .query(let query): try self.query(query, route)
        case .control(let control): try self.control(control, of: peer, route)
        case .fetch(let fetch): try self.fetch(fetch, route)
        case .put(let put): try self.put(put, data: message.data ?? [], route)
        case .follow(let follow): try self.follow(follow, route)
        case .goodbye: peers.forget(route)
        default: throw RouteGridError(.protocolRefused, "a client does not send this message")
        }
    }

    /// Who does something: the name of its key, and what it calls itself.
    func actor(_ peer: Peer) -> String {
        guard let key = peer.key, let name = keys?.name(userID: key) else { return peer.name }
        return "\(name) (\(key)) as \(peer.name)"
    }

    private func control(_ control: WireControl, of peer: Peer, _ route: RoutingID) throws(RouteGridError) {
        let event: SchedulerEvent
        guard let kind = ControlKind(rawValue: control.verb) else {
            throw RouteGridError(.usage, "no control \"\(control.verb)\"")
        }
        switch kind {
        case .join: return try join(control, of: peer, route)
        case .purge: return try purge(control, of: peer, route)
        case .drain:
            for worker in try workers(control.selector) {
                handle(.drain(worker))
                if let target = peers.route(of: worker) { send(.done("drain"), to: target) }
            }
            persist(.audit(actor: actor(peer), action: control.verb, detail: control.selector))
            commitIfIdle()
            return send(.done("draining"), to: route)
        case .pause: event = .runPaused(try run(control.selector))
        case .resume: event = .runResumed(try run(control.selector))
        case .cancel: event = .runCancelled(try run(control.selector), reason: control.reason)
        case .priority:
            guard let priority = Int(control.value), GridRanges.priority.contains(priority) else {
                let range = GridRanges.priority
                throw RouteGridError(
                    .usage,
                    "priority \(control.value): expected a whole number from \(range.lowerBound) to \(range.upperBound)"
                )
            }
            let id = try run(control.selector)
            persist(.runPriority(id, priority))
            event = .runPriority(id, priority)
        case .retry:
            event = .retry(
                try run(control.selector),
                cells: control.value.split(separator: ",").compactMap { Int($0).map(CellID.init(_:)) }
            )
        }
        persist(
            .audit(
                actor: actor(peer),
                action: control.verb,
                detail: "\(control.selector) \(control.value) \(control.reason)"
            )
        )
        handle(event)
        let verb = control.verb
        commits.add { error in
            self.assumeIsolated { server in
                if let error { return server.send(.refused(error.code, error.message), to: route) }
                server.send(.done(verb), to: route)
            }
        }
        commitIfIdle()
    }

    /// The run that a selector names: its number, or `last`.
    func run(_ selector: String) throws(RouteGridError) -> RunID {
        if selector == "last", let last = served.keys.max() { return last }
        if let number = UInt64(selector), let run = setAside[RunID(number)] { throw run.error }
        guard let number = UInt64(selector), served[RunID(number)] != nil else {
            throw RouteGridError(.usage, "there is no run \(selector); `routegrid status` lists them")
        }
        return RunID(number)
    }

    /// The workers that a selector names: a name, `w3`, or `all`.
    private func workers(_ selector: String) throws(RouteGridError) -> [WorkerID] {
        let found = peers.all.filter { selector == "all" || $0.name == selector || $0.worker?.description == selector }
            .compactMap(\.worker)
        guard !found.isEmpty else { throw RouteGridError(.usage, "there is no worker \(selector)") }
        return found
    }
}

extension GridLock {
    /// The lock of a run: its latency jobs are this run's own, whenever the run is resumed.
    func measured(by run: RunID, submitted: String) -> GridLock {
        var lock = self
        lock.occasion = "run \(run), submitted \(submitted)"
        return lock
    }
}

extension RunPolicy {
    /// The limits of a frozen grid.
    package init(_ lock: GridLock) {
        self.init()
        retries = lock.limits.retries
        crashLimit = lock.limits.crashLimit
        maxFails = lock.limits.maximumFailures(ofCells: lock.firstStageCount)
        priority = lock.priority
        numerics = lock.numerics
        programs = lock.programs
        needs = WorkerResources(
            cpus: lock.resources.cpus,
            gpus: lock.resources.gpus,
            memory: lock.limits.memoryBytes
        )
        let (fit, cell) = (lock.limits.fitTimeoutMilliseconds, lock.limits.cellTimeoutMilliseconds)
        idleMilliseconds = Int64(min(fit, 1 << 50)) + Int64(min(cell, 1 << 50)) + Self.idleMargin
        leaseCells = max(1, Self.leaseBytes / lock.evaluationBytes)
        reachedCells = max(1, min(reachedCells, Self.reachedBytes / lock.evaluationBytes))
    }

    /// Milliseconds for what comes before a fit: its data are fetched, a slot becomes free, an ended slot starts again.
    private static let idleMargin: Int64 = 900_000
    /// Bytes of keys in one lease: a quarter of a frame.
    private static let leaseBytes = 4 << 20
    /// Bytes of keys in one look-up.
    private static let reachedBytes = 64 << 20
}
