/// How fast a slot finishes tasks, and so how many it prefetches.
///
/// A slot that waits for its next task, and a supervisor that is woken for each, would cost more than a quick task.
package struct SlotPace {
    /// Work that may be queued at a slot: so little that running it elsewhere would gain nothing noticeable.
    package static let horizon = Duration.milliseconds(10)
    package static let maximumDepth = 64

    private var since = ContinuousClock.now
    /// The running mean of a task's time; nil before the first.
    private var mean: Duration?

    package init() {}

    /// A task was sent to an idle slot.
    package mutating func begin() { since = .now }

    /// Tasks were finished.
    package mutating func finished(_ count: Int) {
        let now = ContinuousClock.now
        let each = (now - since) / count
        since = now
        mean = mean.map { ($0 + each) / 2 } ?? each
    }

    /// How long the current task has taken so far.
    ///
    /// A task queued behind it waits for all of its cells, however quick each is.
    package var elapsed: Duration { .now - since }

    /// The current task has taken this long already.
    ///
    /// One that has only begun does not shorten the mean.
    package mutating func lasts(_ elapsed: Duration) {
        if elapsed > mean ?? Self.horizon { mean = elapsed }
    }

    /// Tasks to prefetch: a power of two, so that small changes of pace change nothing; 0 when tasks are not quick.
    package var depth: Int {
        guard let mean, mean * 2 <= Self.horizon else { return 0 }
        let fitting = max(1, Int(Self.horizon / max(mean, .microseconds(1))))
        return min(Self.maximumDepth, 1 << (Int.bitWidth - 1 - fitting.leadingZeroBitCount))
    }
}
