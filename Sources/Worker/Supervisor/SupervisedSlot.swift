import RouteGridBase
import Wire

/// One slot: a place for one task at a time, whichever process serves it.
final class SupervisedSlot {
    enum Phase {
        case empty
        /// Launched, but has not sent its class yet.
        case starting(since: ContinuousClock.Instant)
        case idle
        case running(WireLease)
    }

    /// Why the supervisor ended it.
    enum Verdict {
        case timeout(String)
        case memory(String)
        /// Its work is no longer needed; nothing is blamed.
        case unwanted
    }

    let number: Int
    var phase = Phase.empty
    /// Prefetched leases, in the order in which the slot starts them, including those revoked since.
    var queue: [WireLease] = []
    /// The lease of the last `Started` message.
    var announced: LeaseID?
    var pace = SlotPace()
    /// The memory limit last set for the process.
    var memoryLimit: UInt64?
    /// The GPUs that what it runs has.
    var gpus: [String] = []
    var connection: SlotConnection?
    var verdict: Verdict?
    /// The connection ended; how the process ended is not known yet.
    var isGone = false
    /// The peak of its memory seen during its task, in bytes.
    var peakBytes: Int64 = 0
    /// Consecutive processes of this slot that ended before they sent their class.
    var failedStarts = 0

    init(number: Int) { self.number = number }

    var isRunning: Bool {
        if case .running = phase { true } else { false }
    }

    /// The leases that were sent to it and are not finished.
    var told: [WireLease] {
        if case .running(let message) = phase { [message] + queue } else { [] }
    }

    /// The lease and step that its progress page shows; nil between two leases.
    var current: (place: Int, message: WireLease, step: ProgressPage.Step, elapsed: Duration)? {
        guard let (step, elapsed) = connection?.peer.progress.read(), let lease = step.lease else { return nil }
        let told = told
        guard let place = told.firstIndex(where: { $0.leaseID == lease }) else { return nil }
        return (place, told[place], step, elapsed)
    }

    /// Whether a lease can be prefetched: it must be of the current run, and tasks must be quick.
    func canPrefetch(_ lease: WorkerLease) -> Bool {
        guard case .running(let message) = phase, verdict == nil, !isGone else { return false }
        return message.runID == lease.message.runID && connection?.kind == lease.kind && queue.count < pace.depth
            && lease.message.gpus == gpus.count
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
