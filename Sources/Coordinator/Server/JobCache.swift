import Grid
import RouteGridBase

/// The keyed cells of recently used groups, kept between their look-up, their grants and their results.
struct JobCache {
    private struct Name: Hashable {
        let run: RunID
        let group: Int
    }

    private var jobs: [Name: [KeyedJob]] = [:]
    private var order: [Name] = []
    private var cells = 0
    private var bytes = 0
    private let limit = 131_072
    private let byteLimit = 256 << 20

    /// The cells of a group with their keys, computed when not cached.
    mutating func jobs(ofGroup group: Int, in run: RunID, lock: GridLock) -> [KeyedJob] {
        if let known = jobs[Name(run: run, group: group)] { return known }
        let made = lock.jobs(ofGroup: group)
        insert(made, group: group, run: run)
        return made
    }

    mutating func insert(_ made: [KeyedJob], group: Int, run: RunID) {
        let name = Name(run: run, group: group)
        guard jobs[name] == nil else { return }
        jobs[name] = made
        order.append(name)
        cells += made.count
        bytes += Self.byteCount(made)
        while cells > limit || bytes > byteLimit, order.count > 1 {
            let oldest = order.removeFirst()
            let dropped = jobs.removeValue(forKey: oldest) ?? []
            cells -= dropped.count
            bytes -= Self.byteCount(dropped)
        }
    }

    /// Approximate: the evaluations of a group differ in a few bytes.
    private static func byteCount(_ jobs: [KeyedJob]) -> Int { jobs.count * (jobs.first?.evalBytes.count ?? 0) }

    /// The job of one cell, or nil when the grid excludes it.
    mutating func job(ofCell cell: CellID, in run: RunID, lock: GridLock) -> KeyedJob? {
        let group = lock.group(ofCell: cell)
        let all = jobs(ofGroup: group, in: run, lock: lock)
        // Cells of a group are sorted; without exclusions their index is known.
        let guess = lock.cells(ofGroup: group).lowerBound.distance(to: cell)
        if all.indices.contains(guess), all[guess].cell == cell { return all[guess] }
        return all.first { $0.cell == cell }
    }
}
