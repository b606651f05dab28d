import Logging
import RouteGridBase
import Wire
import ZeroMQ

extension WorkerSupervisor {
    /// Starts one slot of each kind, to learn which classes this worker supports.
    ///
    /// They are used afterwards.
    func probe() {
        for (index, kind) in configuration.kinds.enumerated() {
            // A worker with one slot learns its second class from a temporary slot.
            if index >= slots.count { slots.append(SupervisedSlot(number: slots.count)) }
            launch(slots[index], kind)
        }
    }

    /// The first hello needs the classes of all kinds.
    private func connectWhenProbed() {
        guard link.phase == .closed, configuration.kinds.allSatisfy({ classes[$0] != nil }) else { return }
        while slots.count > configuration.slots { retire(slots.removeLast()) }
        connect()
    }

    func launch(_ slot: SupervisedSlot, _ kind: NumericsKind) {
        do {
            let peer = try launcher.launch(kind)
            slot.connection = SlotConnection(peer, kind: kind)
            slot.phase = .starting(since: .now)
            slot.verdict = nil
            slot.isGone = false
            slot.peakBytes = 0
            slot.memoryLimit = nil
            slot.pace = SlotPace()
            loop.onEvents(of: peer.descriptor) { events in self.serve(slot, events) }
            guard let errors = peer.errorDescriptor else { return }
            loop.onEvents(of: errors) { _ in
                if slot.connection?.receiveLog() != true { self.loop.forget(errors) }
            }
        } catch {
            startFailed(slot, kind, "\(error)")
        }
    }

    private func startFailed(_ slot: SupervisedSlot, _ kind: NumericsKind, _ why: String) {
        slot.failedStarts += 1
        log.error("a slot does not start", metadata: ["slot": "\(slot.number)", "why": "\(why)"])
        slot.phase = .empty
        guard slot.failedStarts >= 3 else { return launch(slot, kind) }
        end(.failure(RouteGridError(.system, "slots do not start: \(why)")))
    }

    /// Assigns ready leases to free slots, in order of arrival.
    func dispatch() {
        guard phase == .working, link.phase != .closed else { return }
        var expected: [NumericsKind: Int] = [:]
        for slot in slots where slot.isStarting {
            if let kind = slot.connection?.kind { expected[kind, default: 0] += 1 }
        }
        for id in order {
            guard let lease = leases[id], lease.phase == .ready else { continue }
            // In order: what needs much is not overtaken for ever by what needs little.
            guard hasRoom(for: lease.message) else { return }
            if let slot = slots.first(where: { $0.isIdle && $0.connection?.kind == lease.kind }) {
                start(lease, on: slot)
            } else if expected[lease.kind, default: 0] > 0 {
                expected[lease.kind, default: 0] -= 1
            } else if let slot = slots.first(where: \.isEmpty) {
                launch(slot, lease.kind)
            } else if let slot = slots.first(where: \.isIdle) {
                // It computes in another class: a slot of the right one replaces it.
                retire(slot)
                launch(slot, lease.kind)
            } else if let slot = slots.filter({ $0.canPrefetch(lease) }).min(by: { $0.queue.count < $1.queue.count }) {
                leases[id]?.phase = .queued(slot: slot.number)
                slot.queue.append(lease.message)
                tell(slot, .task(task(lease, on: slot)))
            } else {
                return
            }
        }
    }

    private func task(_ lease: WorkerLease, on slot: SupervisedSlot) -> SlotTask {
        let files = lease.data.map { digest in
            var file = SlotFile()
            file.sha = digest.data
            file.path = cache.path(of: digest)
            return file
        }
        return lease.task(worker: configuration.name, paths: files, gpus: slot.gpus)
    }

    private func start(_ lease: WorkerLease, on slot: SupervisedSlot) {
        let id = lease.message.leaseID
        guard let connection = slot.connection else { return }
        leases[id]?.phase = .running(slot: slot.number)
        slot.gpus = Array(freeGPUs.prefix(Int(lease.message.gpus)))
        slot.phase = .running(lease.message)
        slot.verdict = nil
        slot.peakBytes = 0
        slot.pace.begin()
        connection.forgetLog()
        connection.peer.progress.begin(.fit(lease: id))
        let limit = lease.message.memoryLimit == 0 ? 0 : lease.message.memoryLimit + SupervisedSlot.headroom
        if slot.memoryLimit != limit { connection.peer.limitMemory(limit) }
        slot.memoryLimit = limit
        tell(slot, .task(task(lease, on: slot)))
        leases[id]?.attempts += 1
        announce(slot)
    }

    /// Sends `Started` for a slot's lease, unless it was sent.
    private func announce(_ slot: SupervisedSlot) {
        guard case .running(let message) = slot.phase, slot.announced != message.leaseID else { return }
        slot.announced = message.leaseID
        var started = WireStarted()
        (started.leaseID, started.leaseFence) = (message.leaseID, message.leaseFence)
        say(.started(started))
    }

    /// Withdraws prefetched leases for other slots, because the current step takes long.
    func withdrawPrefetched(of slot: SupervisedSlot) {
        for message in slot.queue where leases[message.leaseID]?.phase == .queued(slot: slot.number) {
            skip([], lease: message.leaseID, slot)
            leases[message.leaseID]?.phase = .ready
        }
    }

    /// Makes a slot skip cells of a lease, or (none named) all of it, unless started.
    func skip(_ cells: Set<CellID>, lease: LeaseID, _ slot: SupervisedSlot) {
        var skip = SlotSkip()
        skip.leaseID = lease
        skip.cellIDs = cells.sorted()
        tell(slot, .skip(skip))
    }

    private func tell(_ slot: SupervisedSlot, _ body: SlotEnvelope.OneOf_Body) {
        guard let connection = slot.connection else { return }
        do { try connection.send(body) } catch {
            log.error("a message to a slot could not be sent", metadata: ["error": "\(error)"])
        }
        loop.watchWriting(of: connection.peer.descriptor, connection.hasUnsent)
    }

    // MARK: Ending slots

    /// Kills a slot whose work is no longer needed.
    func abandon(_ slot: SupervisedSlot) {
        slot.verdict = .unwanted
        slot.connection?.peer.kill()
    }

    /// Kills an idle slot and frees its place at once.
    func retire(_ slot: SupervisedSlot) {
        guard let connection = slot.connection else { return }
        detach(connection)
        connection.peer.kill()
        let old = SupervisedSlot(number: slot.number)
        old.connection = connection
        retired.append(old)
        slot.connection = nil
        slot.phase = .empty
    }

    func detach(_ connection: SlotConnection) {
        loop.forget(connection.peer.descriptor)
        if let errors = connection.peer.errorDescriptor { loop.forget(errors) }
    }

    // MARK: Messages from slots

    private func serve(_ slot: SupervisedSlot, _ events: DescriptorEvents) {
        guard let connection = slot.connection, phase != .over else { return }
        if events.contains(.writable) {
            connection.flush()
            loop.watchWriting(of: connection.peer.descriptor, connection.hasUnsent)
        }
        do {
            var finished = 0
            for envelope in try connection.receive() {
                try hear(slot, connection, envelope)
                if case .finished = envelope.body { finished += 1 }
            }
            if finished > 0 {
                slot.pace.finished(finished)
                announce(slot)
                dispatch()
            }
        } catch {
            log.error("a message of a slot cannot be read", metadata: ["slot": "\(slot.number)", "why": "\(error)"])
            connection.peer.kill()
            slot.isGone = true
        }
        if connection.isClosed { slot.isGone = true }
        guard slot.isGone else { return }
        detach(connection)
        connection.peer.kill()
        cleanUpIfEnded(slot)
    }

    private func hear(
        _ slot: SupervisedSlot,
        _ connection: SlotConnection,
        _ envelope: SlotEnvelope
    ) throws(RouteGridError) {
        switch envelope.body {
        case .ready(let ready):
            slot.phase = .idle
            slot.failedStarts = 0
            learn(ready.numerics, connection.kind)
        case .fitted(let fitted):
            log.debug("fitted", metadata: ["lease": "\(fitted.leaseID)", "seconds": "\(fitted.seconds)"])
        case .batch(let batch): try take(batch, from: slot)
        case .cellFailed(let failed): take(failed, from: slot)
        case .finished: finish(slot)
        default: throw RouteGridError(.protocolRefused, "a slot does not send this message")
        }
    }

    private func learn(_ text: String, _ kind: NumericsKind) {
        if let known = classes[kind], known != text {
            log.error("slots differ in numerics class", metadata: ["first": "\(known)", "second": "\(text)"])
        }
        classes[kind] = text
        if link.phase == .closed { connectWhenProbed() } else { dispatch() }
    }
}

extension SupervisedSlot {
    /// Added to the memory limit that the kernel enforces, so that the supervisor, which can report the reason, acts
    /// first.
    static let headroom: UInt64 = 512 << 20
}
