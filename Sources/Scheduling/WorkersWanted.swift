/// From the work that there is to a number of workers: the one number that allocators keep.
///
/// A pure function of the demand and these settings.
package struct WorkersWanted: Hashable, Sendable {
    /// The fewest and the most workers.
    package var bounds: ClosedRange<Int>
    /// Slots of one worker.
    package var slots: Int
    /// Seconds for which a worker may take work: its walltime without the margin at its end.
    package var lifetime: Double
    /// Seconds in which the work is to be done; at most `lifetime`.
    package var target: Double
    /// Seconds of a cell where none was observed yet.
    package var guess = 1.0
    /// Numerics classes that its workers can be; nil when none of them has greeted yet.
    package var numerics: Set<String>?

    package init(bounds: ClosedRange<Int>, slots: Int = 1, lifetime: Double, target: Double? = nil) {
        self.bounds = bounds
        self.slots = max(1, slots)
        self.lifetime = lifetime
        self.target = min(lifetime, target ?? lifetime)
    }

    /// Whether one of these workers can do the work of a run: it is of the class, and a cell ends before it does.
    package func canDo(_ part: WorkDemand.Part) -> Bool {
        (numerics?.contains(part.numerics) ?? true) && part.fits(in: lifetime)
    }

    /// Workers wanted in all, queued and running: runnable seconds that fit ÷ target, less what other workers do,
    /// within the bounds, and no more than there are groups for.
    ///
    /// - Parameters:
    ///   - demand: the work that there is.
    ///   - others: slots of connected workers that are not counted among those wanted.
    /// - Returns: a number within the bounds.
    package func count(for demand: WorkDemand, others: Int = 0) -> Int {
        let doable = demand.parts.filter(canDo)
        let seconds = doable.reduce(0) { $0 + $1.seconds(unmeasured: guess) }
        let groups = doable.reduce(0) { $0 + $1.groups }
        // In slots: a group is computed by one, and whole cells take whole slots however short they are.
        let bySeconds = min((seconds / max(target, 1)).rounded(.up), 1e9)
        let slotsWanted = max(0, min(Int(bySeconds), groups) - others)
        var workers = (slotsWanted + slots - 1) / slots
        // Slots take turns to measure latency: one worker does it.
        if workers == 0, others == 0, doable.contains(where: { $0.measurements > 0 }) { workers = 1 }
        return min(max(workers, bounds.lowerBound), bounds.upperBound)
    }
}
