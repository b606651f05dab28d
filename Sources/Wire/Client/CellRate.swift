/// The rate of computed cells: over the last half minute, or over a longer time where fewer than ten were computed.
package struct CellRate {
    private static let window = 30.0
    private static let enough = 10

    /// The times at which the count changed, with the new count; the first is the start.
    private var changes: [(time: Double, done: Int)] = []

    package init() {}

    /// The last count.
    package var last: Int { changes.last?.done ?? 0 }

    /// - Parameters:
    ///   - done: Cells computed so far.
    ///   - time: Seconds; grows.
    package mutating func add(_ done: Int, at time: Double) {
        guard changes.last?.done != done else { return }
        changes.append((time, done))
        // The oldest change is dropped when the rest spans enough time and cells.
        while changes.count > 2, time - changes[1].time >= CellRate.window, done - changes[1].done >= CellRate.enough {
            changes.removeFirst()
        }
    }

    /// Cells per second up to now; nil before one was computed.
    ///
    /// It falls while the next cell takes longer than those before it.
    package func rate(at time: Double) -> Double? {
        guard let first = changes.first, let last = changes.last, last.done > first.done else { return nil }
        let count = Double(last.done - first.done)
        let until = last.time + max(0, time - last.time - (last.time - first.time) / count)
        return until > first.time ? count / (until - first.time) : nil
    }
}
