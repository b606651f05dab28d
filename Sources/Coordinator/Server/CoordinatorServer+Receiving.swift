import Grid
import Keys
import Logging
import RouteGridBase
import Scheduling
import Wire
import ZeroMQ

extension CoordinatorServer {
    func receive(_ messages: [ZMQMessage]) {
        checkForUnread()
        for message in messages where message.frames.count >= 2 {
            let route = RoutingID(bytes: message.frames[0])
            do throws(RouteGridError) {
                let sender = try sender(userID: message.userID)
                if message.frames.count == 2, ReceivedResult.isResult(message.frames[1]) {
                    try admit(sender, .work)
                    try receive(
                        ReceivedResult(frame: message.frames[1], limit: configuration.maximumFrame),
                        from: route
                    )
                } else {
                    let parsed = try WireMessage(frames: message.frames[1...], limit: configuration.maximumFrame)
                    if keys != nil { try admit(sender, parsed.body.act) }
                    try receive(parsed, from: route, sender)
                    if case .hello = parsed.body, let connection = message.connection {
                        connections?.greeted(connection)
                    }
                }
            } catch {
                refuse(error, route)
                if error.code == .protocolRefused { expel(route) }
            }
        }
        updateReading()
    }

    /// Notifies a peer that a message was refused; the log has at most twenty a second.
    func refuse(_ error: RouteGridError, _ route: RoutingID, isSent: Bool = true) {
        counters.refusedMessages += 1
        metrics.refused(error.code)
        if let unlogged = refusals.admit(at: clock.now) {
            log.warning(
                "message refused",
                metadata: [
                    "peer": "\(peers[route]?.name ?? "unknown")", "why": "\(error)", "unlogged_before": "\(unlogged)",
                ]
            )
        }
        if isSent { send(.refused(error.code, error.message), to: route) }
    }

    /// Expels a worker that sent a malformed message (the results in it are unknown, so the worker would keep them, and
    /// their leases, for as long as it lives), or one whose records are wrong again and again.
    ///
    /// Its cells are granted to others at once. Its next hello is refused, and it ends; the process that is started in
    /// its place is welcome.
    func expel(_ route: RoutingID, blamingCells: Bool = true) {
        guard let peer = peers[route], let worker = peer.worker else { return }
        log.error("worker expelled", metadata: ["worker": "\(peer.name)"])
        counters.workersLost += 1
        handle(blamingCells ? .workerExpelled(worker) : .workerLeft(worker))
        peers.expel(route)
    }

    private func receive(
        _ message: WireMessage,
        from route: RoutingID,
        _ sender: Sender
    ) throws(RouteGridError) {
        if case .hello(let hello) = message.body { return try greet(hello, route, sender) }
        guard let peer = peers[route] else { return send(.unknown, to: route) }
        if peer.worker == nil { peers.noteMessage(route) }
        if let worker = peer.worker {
            try receive(message, from: worker, route)
        } else {
            try answer(message, of: peer, route)
        }
    }

    private func greet(_ hello: WireHello, _ route: RoutingID, _ sender: Sender) throws(RouteGridError) {
        if let refusal = WireProtocol.refusal(of: hello) { throw refusal }
        guard !peers.isExpelled(hello) else {
            throw RouteGridError(
                .protocolRefused,
                "this worker sent messages or records that could not be taken, and was expelled; "
                    + "is it of the coordinator's version?"
            )
        }
        try admit(sender, hello, route)
        if peers[route] == nil {
            try checkConnections(of: hello, key: sender.key)
            if hello.role == .worker {
                try PeerLimits.check(peers.workerCount, PeerLimits.workers, "workers are connected")
            } else if peers.clientCount >= PeerLimits.clients, let silent = peers.mostSilentClient {
                peers.forget(silent)
            }
        }
        let peer = peers.enter(hello, route: route, key: sender.key)
        send(
            .welcome(
                identity: access.store.identity,
                epoch: access.store.epoch,
                heartbeat: configuration.heartbeatMilliseconds,
                lease: UInt32(configuration.scheduler.leaseMilliseconds),
                maximumFrame: configuration.maximumFrame
            ),
            to: route
        )
        guard let worker = peer.worker else { return }
        log.info("worker joined", metadata: ["worker": "\(peer.name)", "slots": "\(peer.slots)"])
        let held = granted(hello.held, to: peer)
        handle(
            .workerJoined(
                worker,
                numerics: Set(hello.numerics),
                programs: Set(hello.exec),
                offer: peer.offer,
                held: held
            )
        )
        noteOrigin(of: peer)
    }

    private func receive(
        _ message: WireMessage,
        from worker: WorkerID,
        _ route: RoutingID
    ) throws(RouteGridError) {
        switch message.body {
        case .credit(let credit): handle(.credit(worker, Int(min(credit.groups, 4_096))))
        case .heartbeat(let heartbeat):
            handle(.heartbeat(worker, leases: heartbeat.leases.map { $0.leaseID }))
            peers.note(heartbeat, of: route)
            send(.heartbeat, to: route)
        case .started(let started):
            guard holds(started.leaseID, worker) else { break }
            handle(
                .started(
                    started.leaseID,
                    started.leaseFence,
                    cell: started.hasCell ? started.cellID : nil
                )
            )
        case .failed(let failed):
            if holds(failed.leaseID, worker) { handle(failed) }
        case .release(let release):
            guard holds(release.leaseID, worker) else { break }
            handle(
                .released(
                    release.leaseID,
                    release.leaseFence,
                    cells: release.cellIDs
                )
            )
        case .goodbye:
            log.info("worker left", metadata: ["worker": "\(peers[route]?.name ?? "")"])
            handle(.workerLeft(worker))
            peers.forget(route)
        case .fetch(let fetch):
            handle(.messageReceived(worker))
            try self.fetch(fetch, route)
        case .put(let put):
            handle(.messageReceived(worker))
            try self.put(put, data: message.data ?? [], route)
        default: throw RouteGridError(.protocolRefused, "a worker does not send this message")
        }
    }

    private func handle(_ failed: WireFailed) {
        failureReporter = scheduler.worker(of: failed.leaseID).flatMap { peers.peer(of: $0)?.name } ?? ""
        defer { failureReporter = "" }
        let kind: FailureKind =
            switch failed.kind {
            case .timeout: .timeout
            case .memory: .memory
            case .crash: .crash
            case .refused: .refused
            default: .error
            }
        handle(
            .failed(
                failed.leaseID,
                failed.leaseFence,
                cell: failed.hasCell ? failed.cellID : nil,
                kind,
                retryable: failed.retryable,
                text: String(failed.text.prefix(2_000))
            ),
            with: .failureLog(Array(failed.logTail.suffix(65_536)))
        )
    }
}
