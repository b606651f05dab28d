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
