internal import HeapModule
import RouteGridBase

/// Recorded cells of one fit, leased to one worker to be computed again.
struct AuditLease: Sendable {
    let id: LeaseID
    let fence: Fence
    let run: RunID
    let worker: WorkerID
    let need: AuditTask.Need
    var cells: [CellID]
    /// When the worker last named the lease.
    var seen: Moment
}

/// Cells that are to be computed again: apart from the runs, whose counts and ends they do not change.
struct AuditQueue: Sendable {
    /// Tasks that the same workers may do.
    private struct Line: Hashable, Comparable {
        let run: RunID
        let need: AuditTask.Need
        static func < (left: Line, right: Line) -> Bool { (left.run, left.need) < (right.run, right.need) }
    }

    private struct Groups {
        var cells: [Int: Set<CellID>] = [:]
        /// Every group is in it at least once; entries of groups that are gone are passed over.
        var order = Heap<Int>()
    }

    private struct Name: Hashable {
        let run: RunID
        let cell: CellID
    }

    private enum Place {
        case waiting(Line, group: Int)
        case leased(LeaseID)
    }

    private var waiting: [Line: Groups] = [:]
    private var places: [Name: Place] = [:]
    private var failures: [Name: Int] = [:]
    private(set) var leases: [LeaseID: AuditLease] = [:]

    /// At so many failures a cell is not tried again until the coordinator is started again.
    private static let failureLimit = 3

    var isWaiting: Bool { !waiting.isEmpty }
    var isEmpty: Bool { places.isEmpty }

    /// The common case, without any audit, looks nothing up.
    func holds(_ id: LeaseID) -> Bool { !leases.isEmpty && leases[id] != nil }

    /// Leases in the order in which they were granted.
    func byAge(_ ids: some Sequence<LeaseID>) -> [LeaseID] {
        ids.compactMap { leases[$0] }.sorted { ($0.fence, $0.id) < ($1.fence, $1.id) }.map(\.id)
    }

    // MARK: Waiting

    /// Adds a task, unless its cell waits or is leased.
    mutating func add(_ task: AuditTask, group: Int) {
        let name = Name(run: task.run, cell: task.cell)
        guard places[name] == nil, failures[name, default: 0] < Self.failureLimit else { return }
        let line = Line(run: task.run, need: task.need)
        places[name] = .waiting(line, group: group)
        if waiting[line, default: Groups()].cells[group, default: []].insert(task.cell).inserted {
            waiting[line]?.order.insert(group)
        }
    }

    /// Removes a cell: it needs no more, or something else.
    mutating func remove(_ run: RunID, _ cell: CellID) -> LeaseID? {
        guard !places.isEmpty, let place = places.removeValue(forKey: Name(run: run, cell: cell)) else { return nil }
        switch place {
        case .waiting(let line, let group):
            waiting[line]?.cells[group]?.remove(cell)
            if waiting[line]?.cells[group]?.isEmpty == true { waiting[line]?.cells[group] = nil }
            if waiting[line]?.cells.isEmpty == true { waiting[line] = nil }
            return nil
        case .leased(let id):
            leases[id]?.cells.removeAll { $0 == cell }
            return leases[id]?.cells.isEmpty == true ? id : nil
        }
    }

    /// The runs and needs of what waits, in order.
    var lines: [(run: RunID, need: AuditTask.Need)] { waiting.keys.sorted().map { ($0.run, $0.need) } }

    /// The first group that waits of a run and need, with its cells in order.
    mutating func next(of run: RunID, need: AuditTask.Need) -> (group: Int, cells: [CellID])? {
        let line = Line(run: run, need: need)
        while let group = waiting[line]?.order.min {
            if let cells = waiting[line]?.cells[group] { return (group, cells.sorted()) }
            waiting[line]?.order.removeMin()
        }
        return nil
    }

    // MARK: Leases

    mutating func grant(_ lease: AuditLease) {
        for cell in lease.cells {
            _ = remove(lease.run, cell)
            places[Name(run: lease.run, cell: cell)] = .leased(lease.id)
        }
        leases[lease.id] = lease
    }

    mutating func touch(_ id: LeaseID, at now: Moment) { leases[id]?.seen = now }

    /// Ends a lease, or takes some cells from it.
    ///
    /// - Parameters:
    ///   - id: of the lease.
    ///   - cells: those that wait again; nil for all.
    ///   - hasFailed: whether that counts against them.
    ///   - group: of the cells.
    /// - Returns: whether the lease has ended.
    mutating func `return`(_ id: LeaseID, _ cells: [CellID]? = nil, hasFailed: Bool, group: Int) -> Bool {
        guard let lease = leases[id] else { return false }
        let returning = lease.cells.filter { cells?.contains($0) ?? true }
        for cell in returning {
            let name = Name(run: lease.run, cell: cell)
            places[name] = nil
            if hasFailed { failures[name, default: 0] += 1 }
            add(AuditTask(run: lease.run, cell: cell, need: lease.need), group: group)
        }
        leases[id]?.cells.removeAll { returning.contains($0) }
        return leases[id]?.cells.isEmpty == true
    }

    mutating func end(_ id: LeaseID) -> AuditLease? { leases.removeValue(forKey: id) }

    /// Forgets all that waits of a run; its leases are the caller's to end.
    mutating func forget(_ run: RunID) {
        waiting = waiting.filter { $0.key.run != run }
        places = places.filter { $0.key.run != run }
        failures = failures.filter { $0.key.run != run }
    }

    /// What must hold after every event; the violations, in words.
    func checkInvariants() -> [String] {
        var broken: [String] = []
        var held = 0
        for (line, groups) in waiting {
            for (group, cells) in groups.cells {
                held += cells.count
                if cells.isEmpty || !groups.order.unordered.contains(group) {
                    broken.append("audits of run \(line.run), group \(group): nobody finds them")
                }
            }
        }
        for (id, lease) in leases {
            held += lease.cells.count
            if lease.cells.isEmpty { broken.append("audit lease \(id) is empty") }
        }
        if held != places.count { broken.append("\(held) audits are counted as \(places.count)") }
        return broken
    }
}
