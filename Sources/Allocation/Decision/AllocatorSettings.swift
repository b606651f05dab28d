package import Scheduling

/// What an allocator keeps, and how patient it is; all times in seconds.
package struct AllocatorSettings: Hashable, Sendable {
    package var wanted: WorkersWanted
    /// Whether the slots of a worker were named; else those of its workers are taken once they have greeted.
    package var hasFixedSlots = false
    /// Between two rounds, and the first pause after a failure.
    package var interval = 30.0
    /// The most jobs that wait in the queue at once.
    package var maximumQueued = Int.max
    /// The most jobs of one submission.
    package var batch = 100
    /// A job that is gone from the queue without an end counts for this long, and for `absentRounds` answers: it may be
    /// on its way back.
    package var absence = 300.0
    package var absentRounds = 3
    /// A surplus of waiting jobs is cancelled when it was there in so many rounds.
    package var surplusRounds = 3
    /// For how long a node is left out after its first job that ended before its worker greeted; doubled each time.
    package var nodePause = 600.0
    package var longestNodePause = 14_400.0
    /// The longest pauses between submissions, after failures and at a limit of the site.
    package var longestPause = 1_800.0
    package var longestLimitPause = 600.0

    package init(wanted: WorkersWanted) { self.wanted = wanted }

    /// `first` doubled for each repetition, at most `longest`.
    static func backoff(_ first: Double, repetitions: Int, longest: Double) -> Double {
        var pause = first
        for _ in 0..<min(max(repetitions, 0), 40) where pause < longest { pause *= 2 }
        return min(pause, longest)
    }
}
