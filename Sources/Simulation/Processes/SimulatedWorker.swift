import RouteGridBase
import Scheduling

/// A worker: a supervisor with slots that run the cells of its leases in order.
///
/// It keeps results until they are acknowledged.
final class SimulatedWorker {
    struct Held {
        let lease: LeaseID
        let fence: Fence
        let run: RunID
        /// Cells that are left to run, the running one first.
        var cells: [CellID]
    }

    unowned let world: World
    let index: Int
    let numerics: Set<String>
    let gpus: Int
    private(set) var start = 0
    private(set) var isUp = false
    /// Grows whenever the connection breaks.
    private(set) var connection = 0
    /// Stopped by a signal until then: arriving messages wait.
    var pausedUntil: Int64 = 0
    var isLeaving = false
    var isKnown = false
    var helloSent: Int64 = 0
    private var heard: Int64 = 0
    /// The credit that was sent last; nil after a hello.
    private var lastCreditSent: Int?
    /// Messages to send after the next welcome.
    private var unsent: [WorkerMessage] = []
    var held: [Held] = []
    var slots: [SimulatedSlot]
    var unacknowledged: [HeldResult] = []
    /// Results that were finished and not sent yet.
    var pending: [HeldResult] = []
    /// How the cell that each slot runs will end.
    var endings: [Int: Ending] = [:]
    /// Revocations that arrived before their leases.
    var revoked: Set<LeaseID> = []
    var random: Xoshiro256

    init(_ world: World, index: Int, numerics: Set<String>, gpus: Int, random: Xoshiro256) {
        self.world = world
        self.index = index
        self.numerics = numerics
        self.gpus = gpus
        self.random = random
        slots = []
    }

    var boot: Boot { Boot(worker: index, start: start) }
    private var isConnected: Bool { world.scenario.isConnected }

    func breakConnection() { connection += 1 }

    func startUp() {
        guard !isUp else { return }
        isUp = true
        start += 1
        (held, unacknowledged, pending, revoked, unsent, isLeaving) = ([], [], [], [], [], false)
        connection = 0
        slots = Array(repeating: SimulatedSlot(), count: world.scenario.slots)
        sendHello()
        world.plan(.heartbeat(boot), in: Int64(random.below(1_000)))
    }

    /// Ends at once and loses everything it held.
    func crash(down: Int64) {
        guard isUp else { return }
        isUp = false
        world.report.workerCrashes += 1
        world.plan(.startWorker(index), in: down)
    }

    func sendHello() {
        isKnown = false
        lastCreditSent = nil
        helloSent = world.now
        transmit(.hello(numerics: numerics, gpus: gpus, held: held.map(reference)))
    }

    /// What a restarted coordinator needs to adopt a lease: the cells that are not acknowledged.
    private func reference(_ lease: Held) -> HeldLease {
        let waiting = unacknowledged.filter { $0.lease == lease.lease }.map(\.cell)
        return HeldLease(
            lease: lease.lease,
            fence: lease.fence,
            run: lease.run,
            cells: (waiting + lease.cells).sorted()
        )
    }

    private func transmit(_ message: WorkerMessage) {
        world.send(message, from: Route(boot: boot, connection: connection))
    }

    /// Sends a message now; until the next welcome, one that must not be lost is kept.
    func send(_ message: WorkerMessage) {
        guard isConnected, !isKnown else { return transmit(message) }
        switch message {
        case .failed, .release, .goodbye: unsent.append(message)
        default: break
        }
    }

    func heartbeat() {
        world.plan(.heartbeat(boot), in: 1_000)
        if !isKnown, world.now - helloSent >= 1_000 {
            if isConnected { breakConnection() }
            return sendHello()
        }
        guard isKnown else { return }
        if isConnected, world.now - heard > 3_000 {
            breakConnection()
            return sendHello()
        }
        send(.heartbeat(held.map(\.lease)))
        if !isConnected { repeatAll() }
        finishLeaving()
    }

    private func repeatAll() {
        lastCreditSent = nil
        sendCredit()
        if !unacknowledged.isEmpty { send(.result(unacknowledged)) }
    }

    func sendCredit() {
        let wanted = isLeaving ? 0 : slots.count + world.scenario.ahead
        guard isKnown, wanted != lastCreditSent else { return }
        lastCreditSent = wanted
        send(.credit(wanted))
    }

    func receive(_ message: CoordinatorMessage) {
        heard = world.now
        switch message {
        case .heartbeat: break
        case .unknown: if isKnown || world.now - helloSent >= 1_000 { sendHello() }
        case .welcome:
            isKnown = true
            let waiting = unsent
            unsent = []
            for message in waiting { send(message) }
            repeatAll()
        case .lease(let lease, let fence, let run, let cells):
            guard !held.contains(where: { $0.lease == lease }), !revoked.contains(lease) else { return }
            if isLeaving { return send(.release(lease, fence, cells: [])) }
            held.append(Held(lease: lease, fence: fence, run: run, cells: cells))
            fillSlots()
        case .revoke(let lease, let cells): revoke(lease, cells)
        case .committed(let keys):
            for key in keys { world.checker.acknowledged(key, world.store) }
            unacknowledged.removeAll { keys.contains($0.key) }
            forgetFinished()
            finishLeaving()
        }
    }

    private func revoke(_ lease: LeaseID, _ cells: [CellID]) {
        guard let place = held.firstIndex(where: { $0.lease == lease }) else {
            if cells.isEmpty { revoked.insert(lease) }
            return
        }
        let dropped = Set(cells.isEmpty ? held[place].cells : cells)
        // A running cell is stopped, or finished: its result is accepted.
        for slot in slots.indices where slots[slot].lease == lease {
            guard let cell = slots[slot].cell, dropped.contains(cell) else { continue }
            if random.below(2) == 0 { slots[slot].stop() } else { slots[slot].isOrphan = true }
        }
        held[place].cells.removeAll { dropped.contains($0) }
        if held[place].cells.isEmpty {
            for slot in slots.indices where slots[slot].lease == lease && !slots[slot].isOrphan { slots[slot].stop() }
        }
        forgetFinished()
        fillSlots()
    }

    /// Drops leases of which nothing is left to run or to send.
    func forgetFinished() {
        held.removeAll { lease in
            lease.cells.isEmpty && !unacknowledged.contains { $0.lease == lease.lease }
        }
    }

    /// Drain: releases everything that it has not started, sends its results, and ends.
    func leave() {
        isLeaving = true
        sendCredit()
        for place in held.indices {
            let running = slots.first { $0.lease == held[place].lease }?.cell
            let unstarted = held[place].cells.filter { $0 != running }
            if !unstarted.isEmpty { send(.release(held[place].lease, held[place].fence, cells: unstarted)) }
            held[place].cells.removeAll { $0 != running }
        }
        forgetFinished()
        finishLeaving()
    }

    private func finishLeaving() {
        guard isLeaving, held.isEmpty, unacknowledged.isEmpty else { return }
        send(.goodbye)
        isUp = false
        world.plan(.startWorker(index), in: 1_000)
    }
}
