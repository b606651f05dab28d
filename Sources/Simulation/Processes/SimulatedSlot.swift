import RouteGridBase
import Scheduling

/// A slot process: one fit, and the cells evaluated with it, one after the other.
struct SimulatedSlot {
    private(set) var lease: LeaseID?
    /// The running cell; nil while the fit runs.
    private(set) var cell: CellID?
    /// The cell was revoked meanwhile and is finished all the same.
    var isOrphan = false
    /// Grows with everything it starts, so that the end of something it has dropped is not taken for the end of the
    /// current step.
    private(set) var turn = 0

    var isIdle: Bool { lease == nil }

    mutating func begin(_ lease: LeaseID, cell: CellID?) {
        self.lease = lease
        self.cell = cell
        isOrphan = false
        turn += 1
    }

    mutating func stop() {
        lease = nil
        cell = nil
        isOrphan = false
        turn += 1
    }
}

extension SimulatedWorker {
    /// Gives waiting leases to idle slots.
    func fillSlots() {
        for slot in slots.indices where slots[slot].isIdle {
            let busy = Set(slots.compactMap(\.lease))
            guard let next = held.first(where: { !$0.cells.isEmpty && !busy.contains($0.lease) }) else { return }
            begin(slot, next, cell: nil)
        }
    }

    private func begin(_ slot: Int, _ lease: Held, cell: CellID?) {
        slots[slot].begin(lease.lease, cell: cell)
        send(.started(lease.lease, lease.fence, cell: cell))
        let run = world.run(lease.run)
        let milliseconds: Int
        if let cell {
            world.report.executions += 1
            let ending = world.ending(ofKey: run.grid.key(ofCell: cell))
            endings[slot] = ending
            milliseconds = 1 + random.below(2 * run.cellMilliseconds) + (ending == .hang ? 1_500 : 0)
        } else {
            milliseconds = 1 + random.below(2 * run.fitMilliseconds)
        }
        world.plan(.slotDone(boot, slot: slot, turn: slots[slot].turn), in: Int64(milliseconds))
    }

    /// A step of a slot has ended: handles its outcome and starts the next step.
    func slotDone(_ slot: Int, turn: Int) {
        guard slots[slot].turn == turn, let id = slots[slot].lease else { return }
        guard let place = held.firstIndex(where: { $0.lease == id }) else {
            slots[slot].stop()
            return fillSlots()
        }
        let isOrphan = slots[slot].isOrphan
        if let cell = slots[slot].cell {
            if !end(cell, in: slot, place) { return }
        }
        if let lease = held.first(where: { $0.lease == id }), let next = lease.cells.first, !isOrphan {
            // A process that died is restarted and fits again.
            begin(slot, lease, cell: slots[slot].isIdle ? nil : next)
        } else {
            slots[slot].stop()
        }
        forgetFinished()
        fillSlots()
        flush()
    }

    /// Handles the end of a cell; returns false when the whole worker died of it.
    private func end(_ cell: CellID, in slot: Int, _ place: Int) -> Bool {
        let lease = held[place]
        switch endings[slot] ?? .success {
        case .success:
            let key = world.run(lease.run).grid.key(ofCell: cell)
            let result = HeldResult(
                lease: lease.lease,
                fence: lease.fence,
                run: lease.run,
                cell: cell,
                key: key,
                value: world.value(of: key)
            )
            unacknowledged.append(result)
            pending.append(result)
        case .failure(let isRetryable):
            send(.failed(lease.lease, lease.fence, cell: cell, .error, retryable: isRetryable))
            world.checker.reallyFailed(lease.run, cell)
        case .hang:
            send(.failed(lease.lease, lease.fence, cell: cell, .timeout, retryable: true))
            world.checker.reallyFailed(lease.run, cell)
            slots[slot].stop()
        case .crash:
            send(.failed(lease.lease, lease.fence, cell: cell, .crash, retryable: true))
            slots[slot].stop()
        case .death:
            crash(down: 500)
            return false
        }
        held[place].cells.removeAll { $0 == cell }
        return true
    }

    /// Sends the finished results.
    private func flush() {
        guard !pending.isEmpty else { return }
        send(.result(pending))
        pending = []
    }
}

/// How one execution of a cell ends.
enum Ending: Hashable {
    case success
    case failure(isRetryable: Bool)
    case hang
    case crash
    case death
}
