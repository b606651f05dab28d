/// The timers of one loop: few, so a list is enough.
final class LoopTimers {
    private struct Timer {
        let id: UInt64
        var due: ContinuousClock.Instant
        /// Nil when it fires once.
        let interval: Duration?
        let handler: () -> Void
    }

    private var timers: [Timer] = []
    private var lastID: UInt64 = 0

    func add(after delay: Duration, repeating interval: Duration?, _ handler: @escaping () -> Void) -> LoopTimer {
        lastID += 1
        timers.append(Timer(id: lastID, due: .now + delay, interval: interval, handler: handler))
        return LoopTimer(id: lastID)
    }

    func remove(_ timer: LoopTimer) { timers.removeAll { $0.id == timer.id } }
    func removeAll() { timers = [] }

    /// Calls every handler that is due.
    ///
    /// A timer that is late fires once, however many intervals it has missed.
    func fire() {
        guard !timers.isEmpty else { return }
        let now = ContinuousClock.now
        for timer in timers where timer.due <= now {
            // An earlier handler of this round may have removed the timer.
            guard let index = timers.firstIndex(where: { $0.id == timer.id }) else { continue }
            if let interval = timer.interval {
                timers[index].due = now + interval
            } else {
                timers.remove(at: index)
            }
            timer.handler()
        }
    }

    /// How long the loop may sleep: rounded up, -1 for ever.
    func millisecondsToNext() -> Int {
        guard let due = timers.map(\.due).min() else { return -1 }
        let parts = (due - .now).components
        let milliseconds = parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int(clamping: max(0, milliseconds))
    }
}

/// Names a timer of a ``ZMQEventLoop``.
package struct LoopTimer: Hashable, Sendable {
    let id: UInt64
}
