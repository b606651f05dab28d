/// A cell that is neither simply pending nor done.
///
/// Absent from the table = pending or done.
package struct CellException: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// It failed or its worker died, and it waits until its time to be tried again.
        case backingOff = "backing-off"
        /// It failed more often than its retries allow, or said that trying again is of no use.
        case failed
        /// It brought down as many processes as the crash limit allows.
        case quarantined
        /// Tried again: runs or waits like any cell, but its counters are kept.
        case retrying
    }

    package var state: State
    /// How often it said that it failed.
    package var attempts: Int
    /// How often its process died under it.
    ///
    /// A deliberate stop counts as neither.
    package var crashes: Int
    package var kind: FailureKind
    /// What it said, one line.
    package var text: String
    /// When it is to be tried again, while it backs off.
    package var until: Moment?

    package init(
        state: State,
        attempts: Int,
        crashes: Int,
        kind: FailureKind,
        text: String,
        until: Moment? = nil
    ) {
        self.state = state
        self.attempts = attempts
        self.crashes = crashes
        self.kind = kind
        self.text = text
        self.until = until
    }

    /// Whether nothing will run it again unless somebody asks for a retry.
    package var isFinal: Bool { state == .failed || state == .quarantined }
}

/// How a cell or a fit failed.
package enum FailureKind: String, Hashable, Sendable {
    /// It said so itself.
    case error
    /// It ran longer than its time-out.
    case timeout
    /// It needed more memory than its limit.
    case memory
    /// Its process died.
    case crash
    /// The worker does not do such work.
    case refused
}
