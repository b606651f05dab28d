/// How fast a slot gets through tasks, and so how many it is told ahead.
///
/// A slot that waits for its next task, and a supervisor that is woken for each, would cost more than a quick task itself.
package struct SlotPace {
    /// Work that may wait at a slot: little enough that nobody notices when it would have been quicker elsewhere.
    package static let horizon = Duration.milliseconds(10)
    package static let maximumDepth = 64

    private var since = ContinuousClock.now
    /// The running mean of a task's time; nil before the first.
    private var mean: Duration?

    package init() {}

    /// A task was told to an idle slot.
    package mutating func begin() { since = .now }

    /// Tasks were finished.
    package mutating func finished(_ count: Int) {
        let now = ContinuousClock.now
        let each = (now - since) / count
        since = now
        mean = mean.map { ($0 + each) / 2 } ?? each
    }

    /// How long the task at hand has taken so far.
    ///
    /// Its cells may be quick all the same: a task that is told behind it waits for all of them.
    package var elapsed: Duration { .now - since }

    /// The task at hand takes so long already.
    ///
    /// One that has only begun says nothing of those that nobody has seen.
    package mutating func lasts(_ elapsed: Duration) {
        if elapsed > mean ?? Self.horizon { mean = elapsed }
    }

    /// Tasks to be told ahead: a power of two, so that small changes of pace change nothing; 0 when tasks are not quick.
    package var depth: Int {
        guard let mean, mean * 2 <= Self.horizon else { return 0 }
        let fitting = max(1, Int(Self.horizon / max(mean, .microseconds(1))))
        return min(Self.maximumDepth, 1 << (Int.bitWidth - 1 - fitting.leadingZeroBitCount))
    }
}
