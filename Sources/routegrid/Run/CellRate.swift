/// How fast cells are computed: over the last half minute, and over a longer time where fewer than ten were.
struct CellRate {
    private static let window = 30.0
    private static let enough = 10

    /// When the count changed, and what it became; the first is the start.
    private var changes: [(time: Double, done: Int)] = []

    /// The last count.
    var last: Int { changes.last?.done ?? 0 }

    /// - Parameters:
    ///   - done: Cells computed so far.
    ///   - time: Seconds; grows.
    mutating func add(_ done: Int, at time: Double) {
        guard changes.last?.done != done else { return }
        changes.append((time, done))
        // The oldest change goes when what is left still says enough.
        while changes.count > 2, time - changes[1].time >= CellRate.window, done - changes[1].done >= CellRate.enough {
            changes.removeFirst()
        }
    }

    /// Cells a second up to now; nil before one was computed.
    ///
    /// It sinks while the next one is awaited longer than those before it were.
    func rate(at time: Double) -> Double? {
        guard let first = changes.first, let last = changes.last, last.done > first.done else { return nil }
        let count = Double(last.done - first.done)
        let until = last.time + max(0, time - last.time - (last.time - first.time) / count)
        return until > first.time ? count / (until - first.time) : nil
    }
}
