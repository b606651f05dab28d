import RouteGridBase
import Scheduling

extension SimulatedCoordinator {
    func receive(_ message: WorkerMessage, from route: Route) {
        if case .hello(let numerics, let gpus, let held) = message { return greet(route, numerics, gpus, held) }
        guard let worker = names[route.boot], peers[worker] == route else { return world.send(.unknown, to: route) }
        switch message {
        case .hello: break
        case .credit(let credit): handle(.credit(worker, credit))
        case .heartbeat(let leases):
            let named = world.mutation == .heartbeatsForDeadLeases ? live(leases, of: worker) : leases
            revokedNow = []
            handle(.heartbeat(worker, leases: named))
            world.send(.heartbeat, to: route)
            for lease in Set(leases).subtracting(live(leases, of: worker)) {
                world.checker.expect(revokedNow.contains(lease), "lease \(lease) has ended and was not revoked")
            }
        case .started(let lease, let fence, let cell): handle(.started(lease, fence, cell: cell))
        case .result(let items):
            handle(.messageReceived(worker))
            for item in items { take(item, from: route, worker) }
            commitIfIdle()
        case .failed(let lease, let fence, let cell, let kind, let retryable):
            handle(.failed(lease, fence, cell: cell, kind, retryable: retryable, text: ""))
        case .release(let lease, let fence, let cells): handle(.released(lease, fence, cells: cells))
        case .goodbye:
            handle(.workerLeft(worker))
            peers[worker] = nil
        }
    }

    private func greet(_ route: Route, _ numerics: Set<String>, _ gpus: Int, _ held: [HeldLease]) {
        let worker = names[route.boot] ?? WorkerID(UInt64(names.count + 1))
        names[route.boot] = worker
        boots[worker] = route.boot
        peers[worker] = route
        world.send(.welcome, to: route)
        let offer = WorkerResources(gpus: gpus)
        handle(.workerJoined(worker, numerics: numerics, offer: offer, held: held.map { granted($0, to: worker) }))
    }

    /// What a worker says to hold, without the cells that its key was never granted.
    private func granted(_ held: HeldLease, to worker: WorkerID) -> HeldLease {
        var held = held
        held.cells.removeAll { !ledger.covers($0, of: held.run, for: [holder(worker)]) }
        return held
    }

    private func live(_ leases: [LeaseID], of worker: WorkerID) -> [LeaseID] {
        let known = Set(scheduler.leases(of: worker))
        return leases.filter(known.contains)
    }

    private func take(_ result: HeldResult, from route: Route, _ worker: WorkerID) {
        if commits.isStalled {
            if world.mutation == .acknowledgesWhileStalled { world.send(.committed(keys: [result.key]), to: route) }
            return
        }
        if world.mutation == .dropsLateSuccess, !scheduler.leases(of: worker).contains(result.lease) {
            return world.send(.committed(keys: [result.key]), to: route)
        }
        guard ledger.covers(result.cell, of: result.run, for: [holder(worker)]) else {
            return world.checker.expect(false, "worker \(worker) got cell \(result.cell), whose grant is on no disk")
        }
        if world.mutation == .acknowledgesBeforeCommit { world.send(.committed(keys: [result.key]), to: route) }
        commits.add(.result(result))
        commits.add(
            Commits.Receipt(
                route: route,
                lease: result.lease,
                fence: result.fence,
                run: result.run,
                cells: [result.cell],
                keys: [result.key]
            )
        )
    }

    /// A client's request.
    func control(_ fault: Fault) {
        switch fault {
        case .pauseRun(let run, let span):
            handle(.runPaused(id(run)))
            world.plan(.resumeRun(run), in: span)
        case .cancelRun(let run):
            guard world.store.runs[id(run)] != nil else { return }
            handle(.runCancelled(id(run), reason: "asked for"))
            // A run that has ended stays as it is.
            if scheduler.counts(of: id(run))?.state == .cancelled { commits.add(answer: .cancelled(id(run))) }
        case .priority(let run, let priority):
            commits.add(.priority(id(run), priority))
            handle(.runPriority(id(run), priority))
        case .retry(let run): handle(.retry(id(run), cells: []))
        default: break
        }
        commitIfIdle()
    }

    func resume(_ run: Int) {
        handle(.runResumed(id(run)))
        commitIfIdle()
    }

    private func id(_ run: Int) -> RunID { RunID(UInt64(run + 1)) }
}
