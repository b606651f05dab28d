import RouteGridBase
import Wire

/// One slot: a place for one job at a time, whatever process fills it.
final class Slot {
    enum Phase {
        case empty
        /// Launched, and has not said what it is.
        case starting(since: ContinuousClock.Instant)
        case idle
        case running(WireLease)
    }

    /// Why the supervisor ended it.
    enum Verdict {
        case timeout(String)
        case memory(String)
        /// Its work is not wanted any more; nobody is to blame.
        case unwanted
    }

    let number: Int
    var phase = Phase.empty
    /// Leases told ahead, in the order in which the slot takes them up; among them those taken back since.
    var queue: [WireLease] = []
    /// Of the task that was said to have started last.
    var announced: UInt64?
    var pace = SlotPace()
    /// What the process may hold, once it was told.
    var memoryLimit: UInt64?
    var connection: SlotConnection?
    var verdict: Verdict?
    /// The conversation ended; how the process ended is not known yet.
    var isGone = false
    /// The most memory it was seen to hold during its task, in bytes.
    var peakBytes: Int64 = 0
    /// Slots of this place that ended before they said what they are, one after the other.
    var failedStarts = 0

    init(number: Int) { self.number = number }

    var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    /// The leases that it was told and has not finished.
    var told: [WireLease] {
        if case .running(let message) = phase { [message] + queue } else { [] }
    }

    /// The lease that it works on by its own word, and what it does; nil between two.
    var current: (place: Int, message: WireLease, step: ProgressPage.Step, elapsed: Duration)? {
        guard let (step, elapsed) = connection?.peer.progress.read(), let lease = step.lease else { return nil }
        let told = told
        guard let place = told.firstIndex(where: { $0.lease == lease }) else { return nil }
        return (place, told[place], step, elapsed)
    }

    /// Whether a lease can be told ahead: of the run that it works for, and when its tasks are quick.
    func takesAhead(_ lease: HeldLease) -> Bool {
        guard case .running(let message) = phase, verdict == nil, !isGone else { return false }
        return message.run == lease.message.run && connection?.kind == lease.kind && queue.count < pace.depth
    }

    var isEmpty: Bool {
        if case .empty = phase { true } else { false }
    }

    var isIdle: Bool {
        if case .idle = phase { true } else { false }
    }

    var isStarting: Bool {
        if case .starting = phase { true } else { false }
    }
}
