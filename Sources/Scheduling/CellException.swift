/// A cell that is neither simply pending nor done.
///
/// Absent from the table = pending or done.
package struct CellException: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// It failed or its worker died, and it waits for its next retry.
        case backingOff = "backing-off"
        /// It failed more often than its retries allow, or its failure is not retryable.
        case failed
        /// It killed as many processes as the crash limit allows.
        case quarantined
        /// It is being retried: runs or waits like any cell, but its counters are kept.
        case retrying
    }

    package var state: State
    /// How often it reported a failure.
    package var attempts: Int
    /// How often its process died while it ran.
    ///
    /// A deliberate stop counts as neither.
    package var crashes: Int
    package var kind: FailureKind
    /// The text of its last failure, one line.
    package var text: String
    /// When it is retried, while it backs off.
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

    /// Whether it runs again only on a request for a retry.
    package var isFinal: Bool { state == .failed || state == .quarantined }
}

/// How a cell or a fit failed.
package enum FailureKind: String, Hashable, Sendable {
    /// The code that ran it reported an error.
    case error
    /// It ran longer than its timeout.
    case timeout
    /// It needed more memory than its limit.
    case memory
    /// Its process died.
    case crash
    /// The worker does not run such work.
    case refused
}
