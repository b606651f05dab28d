package import RouteGridBase

/// How far the making of a board is, and whether it shall go on: passed down by the command that waits for the board.
///
/// Called from any thread, several at a time.
package struct BoardProgress: Sendable {
    /// What is being done; each is begun at most once a board.
    package enum Stage: String, Sendable {
        /// Records, counted by inputs.
        case reading = "reading records"
        /// Rows resampled.
        case resampling = "resampling rows"
        /// Tables whose rows are compared.
        case comparing = "comparing rows"
        /// Blobs copied and files written.
        case writing = "writing files"
    }

    /// A stage with how much of it is done.
    package struct Count: Hashable, Sendable {
        package let stage: Stage
        package let done: Int
        /// At least `done`.
        package let total: Int
    }

    private let cancelled: @Sendable () -> Bool
    private let advanced: @Sendable (Count) -> Void
    private let current = LockedBox<Count?>(nil)

    /// - Parameters:
    ///   - isCancelled: Asked many times a second on every thread: a flag, not a system call.
    ///   - advanced: Given each change, in order within a thread; must return at once.
    package init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        advanced: @escaping @Sendable (Count) -> Void = { _ in }
    ) {
        (cancelled, self.advanced) = (isCancelled, advanced)
    }

    /// Whether the board is no longer wanted.
    package var isCancelled: Bool { cancelled() }

    /// - Throws: ``RouteGridError/Code/cancelled`` when the board is no longer wanted.
    package func checkCancelled() throws(RouteGridError) {
        if cancelled() { throw RouteGridError(.cancelled, "stopped before the board was made") }
    }

    /// Begins a stage of some steps.
    package func begin(_ stage: Stage, total: Int) {
        let count = Count(stage: stage, done: 0, total: total)
        current.withLock { $0 = count }
        advanced(count)
    }

    /// Some steps of the stage begun last are done.
    package func advance(by steps: Int = 1) {
        let count = current.withLock { current -> Count? in
            guard let old = current else { return nil }
            let done = old.done + steps
            current = Count(stage: old.stage, done: done, total: max(old.total, done))
            return current
        }
        if let count { advanced(count) }
    }
}
