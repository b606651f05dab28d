/// What is fixed about a history; everything else is drawn from its seed.
package struct SimulationOptions: Sendable {
    /// How many workers take part; nil = drawn, from 1 to 60.
    package var workers: Int?
    /// How many cells the first run has; nil = drawn.
    package var cells: Int?
    /// Crashes the coordinator at one commit, in place of the drawn crashes.
    package var crash: CommitCrash?
    /// A fault built into the simulated shell or store, to test that the checks detect it.
    package var mutation: Mutation?
    /// Keeps the bytes of the trace, not only their hash.
    package var keepsTrace = false
    /// Virtual milliseconds during which faults happen; nil = drawn.
    package var faultMilliseconds: Int64?

    package init() {}
}

/// One of the two moments at which a crash of the coordinator must not matter: while a commit is being written, or
/// after it is on disk and before anything was acknowledged.
package struct CommitCrash: Hashable, Sendable {
    package var commit: Int
    package var isAfter: Bool
    package init(commit: Int, isAfter: Bool) {
        self.commit = commit
        self.isAfter = isAfter
    }
}
