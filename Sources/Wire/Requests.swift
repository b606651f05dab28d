/// What a client may query: `kind` of a Query message.
package enum QueryKind: String, CaseIterable, Sendable {
    /// Runs, workers and the store; with the counters of the coordinator.
    case status
    /// The state of one run.
    case run
    case workers
    /// Counts, rates and times for who watches and scrapes, with runs, workers and slots in bounded lists.
    case metrics
    /// The failures of a run.
    case failures
    /// Everything that is known of a cell.
    case explain
    /// Results that differ from the first of their key; the second form those after a number.
    case divergences
    case divergencesAfter = "divergences_after"
    /// How many records there are, and the place of the last.
    case store
    /// How many configurations were read on each test part.
    case testReads = "test_reads"
    /// The digest of a run's frozen selection.
    case selection
    /// The frozen grid of a run.
    case lock
    /// Which keys were granted which cells of a run (`RUN/NUMBER`: the ranges after so many).
    case grants
}

/// What a client may change: `verb` of a Control message.
package enum ControlKind: String, CaseIterable, Sendable {
    case pause, resume, cancel, priority, retry
    /// Of workers, not of a run.
    case drain
    /// Takes records back: those of `cell RUN/CELL`, `worker NAME` or `key KEY`; with `dry-run` only counts them.
    case purge
    /// Of an invite: adds the public half (`value`, Z85) of a key that its holder made, called `selector` or like that.
    case join
}
