import HeapModule
import RouteGridBase

/// One grid in the scheduler: what is done, leased and pending.
///
/// Pending cells cost nothing until their group is reached: they are every cell from the cursor on.
struct Run: Sendable {
    /// A group that was reached and is not finished.
    struct Group: Sendable {
        /// Whether the store has answered which of its cells are recorded.
        var isResolved = false
        /// Cells that wait for a worker, in order.
        var pending: [CellID] = []
        var leases: Set<LeaseID> = []
        /// Cells that wait for their next retry.
        var backingOff = 0
        /// The worker that has the group's fit and gets the rest of it, unless others are idle.
        var owner: WorkerID?
        /// Whether the group's number is in `ready`.
        var isQueued = false

        /// Whether some worker has its fit or is computing it.
        var isBegun: Bool { owner != nil || !leases.isEmpty }
        var isFinished: Bool { isResolved && pending.isEmpty && leases.isEmpty && backingOff == 0 }

        /// Removes a pending cell; false when it is not pending.
        mutating func removePending(_ cell: CellID) -> Bool {
            var (low, high) = (0, pending.count)
            while low < high {
                let middle = (low + high) / 2
                if pending[middle] < cell { low = middle + 1 } else { high = middle }
            }
            guard low < pending.count, pending[low] == cell else { return false }
            pending.remove(at: low)
            return true
        }
    }

    struct Waiting: Comparable, Sendable {
        let until: Moment
        let cell: CellID
        static func < (left: Waiting, right: Waiting) -> Bool { (left.until, left.cell) < (right.until, right.cell) }
    }

    let space: any CellSpace
    var policy: RunPolicy
    var state: RunState
    var stage: RunStage
    var done: CellBitmap
    var exceptions: [CellID: CellException]
    /// The first group that was not looked up in the store yet.
    var cursor = 0
    /// Groups whose look-up was not answered yet.
    var lookedUp: Set<Int> = []
    var groups: [Int: Group] = [:]
    /// Groups with pending cells that no worker owns, lowest number first.
    var ready = Heap<Int>()
    /// Groups with pending cells whose fit some worker owns.
    var owned: Set<Int> = []
    var backoff = Heap<Waiting>()
    var leaseCount = 0
    /// The number of the last lease granted from it: of runs equal in all else, the least recently served goes first.
    var lastGrant: UInt64 = 0
    var pendingCells = 0
    var failedCells: Int
    /// Records that existed before the run needed them.
    var reusedCells = 0
    var duration = ObservedDuration()

    init(
        _ space: any CellSpace,
        _ policy: RunPolicy,
        _ state: RunState,
        done: CellBitmap,
        exceptions: [CellID: CellException],
        selection: CellBitmap? = nil
    ) {
        self.space = space
        self.policy = policy
        self.state = state
        stage = selection.map { .second($0) } ?? (space.deferredCount > 0 ? .first : .single)
        self.done = done
        self.exceptions = exceptions
        failedCells = exceptions.values.count { $0.isFinal }
    }

    /// Whether nothing is left to grant, to wait for, or to look up.
    var isExhausted: Bool { cursor >= end && lookedUp.isEmpty && groups.isEmpty }

    /// Whether what is pending now is all that is left to grant, apart from cells that are returned.
    var isAtItsLastGroups: Bool { cursor >= end && lookedUp.isEmpty }

    /// Whether the store has answered which cells of the group are recorded.
    func isReached(_ group: Int) -> Bool { group < cursor && !lookedUp.contains(group) }

    /// Makes the group's pending cells available to every worker.
    mutating func queue(_ number: Int) {
        guard var group = groups[number], !group.isQueued, !group.pending.isEmpty else { return }
        group.owner = nil
        group.isQueued = true
        groups[number] = group
        owned.remove(number)
        ready.insert(number)
    }

    /// Removes the lowest group that no worker owns from the queue.
    mutating func popReady() -> Int? {
        while let number = ready.popMin() {
            groups[number]?.isQueued = false
            if groups[number]?.pending.isEmpty == false { return number }
        }
        return nil
    }

    /// Drops queued groups whose pending cells were all taken, so that they do not count as available work.
    mutating func emptyReady() {
        while let number = ready.popMin() { groups[number]?.isQueued = false }
    }

    /// Takes the first cells of a group for a lease; the rest stays with the worker that has the fit.
    mutating func take(_ count: Int, ofGroup number: Int, lease: LeaseID, for worker: WorkerID) -> [CellID] {
        guard var group = groups[number] else { return [] }
        let cells = Array(group.pending.prefix(count))
        group.pending.removeFirst(cells.count)
        group.leases.insert(lease)
        group.owner = group.pending.isEmpty ? nil : worker
        if group.pending.isEmpty { owned.remove(number) } else { owned.insert(number) }
        groups[number] = group
        pendingCells -= cells.count
        leaseCount += 1
        return cells
    }

    /// Returns cells to their group, in order, without those that are done, have failed or may not run.
    mutating func restore(_ cells: [CellID], toGroup number: Int) {
        var group = groups[number] ?? Group(isResolved: isReached(number))
        let returning = cells.filter { isOpen($0) && !done.contains($0) && !isExcepted($0) }
        group.pending = (group.pending + returning).sorted()
        pendingCells += returning.count
        groups[number] = group
        queue(number)
        dropIfFinished(number)
    }

    /// Whether its exception keeps a cell from running.
    func isExcepted(_ cell: CellID) -> Bool {
        guard let exception = exceptions[cell] else { return false }
        return exception.state != .retrying
    }

    mutating func dropIfFinished(_ number: Int) {
        if groups[number]?.isFinished == true {
            groups[number] = nil
            owned.remove(number)
        }
    }

    /// Removes a cell from the pending cells of its group, if it is there.
    mutating func removePending(_ cell: CellID) {
        let number = space.group(ofCell: cell)
        guard groups[number]?.removePending(cell) == true else { return }
        pendingCells -= 1
        if groups[number]?.pending.isEmpty == true { owned.remove(number) }
    }

    /// Takes the answer of a look-up: these cells of the group are pending, except those recorded or failed meanwhile.
    mutating func resolve(_ number: Int, pending cells: [CellID]) {
        var group = groups[number] ?? Group()
        group.isResolved = true
        pendingCells -= group.pending.count
        group.pending = cells.filter { isOpen($0) && !done.contains($0) && !isExcepted($0) }
        pendingCells += group.pending.count
        groups[number] = group
        owned.remove(number)
        queue(number)
        dropIfFinished(number)
    }

    /// The cells of a lease from before a restart that may still run, and their group.
    func adoptable(_ held: HeldLease) -> (group: Int, cells: [CellID])? {
        guard !state.isOver, let first = held.cells.first,
            held.cells.allSatisfy({ space.allCells.contains($0) })
        else { return nil }
        let number = space.group(ofCell: first)
        let range = space.cells(ofGroup: number)
        let cells = Set(held.cells).sorted().filter {
            range.contains($0) && isOpen($0) && !done.contains($0) && !isExcepted($0)
        }
        return (number, cells)
    }

    /// Moves cells of a group that were pending, or not looked up yet, into a lease.
    mutating func adopt(_ cells: [CellID], ofGroup number: Int, lease: LeaseID) {
        for cell in cells { removePending(cell) }
        let absent = Group(isResolved: isReached(number))
        groups[number, default: absent].leases.insert(lease)
        leaseCount += 1
    }

    /// Sets the exception of a cell that is not recorded.
    mutating func except(_ cell: CellID, _ exception: CellException) {
        exceptions[cell] = exception
        if exception.isFinal { failedCells += 1 }
        guard let until = exception.until else { return }
        backoff.insert(Waiting(until: until, cell: cell))
        groups[space.group(ofCell: cell)]?.backingOff += 1
    }

    /// Makes the cells pending whose retry is due.
    mutating func wakeBackedOff(_ now: Moment) {
        while let next = backoff.min, next.until <= now {
            backoff.removeMin()
            guard let exception = exceptions[next.cell], exception.state == .backingOff, exception.until == next.until
            else { continue }
            exceptions[next.cell]?.state = .retrying
            exceptions[next.cell]?.until = nil
            let number = space.group(ofCell: next.cell)
            groups[number]?.backingOff -= 1
            restore([next.cell], toGroup: number)
        }
    }

    /// Counts the record of a cell once; returns the exception that it ends.
    mutating func record(_ cell: CellID) -> CellException? {
        done.insert(cell)
        removePending(cell)
        guard let exception = exceptions.removeValue(forKey: cell) else { return nil }
        if exception.isFinal { failedCells -= 1 }
        if exception.state == .backingOff { groups[space.group(ofCell: cell)]?.backingOff -= 1 }
        return exception
    }
}

/// Running means of the durations of a run's fits and evaluations.
struct ObservedDuration: Sendable {
    private(set) var fitMilliseconds: Double?
    // Of the cells observed, older ones weighted less and less.
    private var time = 0.0
    private var count = 0.0
    private static let memory = 0.8

    var cellMilliseconds: Double? { count > 0 ? time / count : nil }

    mutating func observe(fit milliseconds: Int64) {
        let new = Double(max(0, milliseconds))
        fitMilliseconds = fitMilliseconds.map { new + ($0 - new) * Self.memory } ?? new
    }

    /// Cells whose records were committed together, and the time since the records before: none when one commit held
    /// both.
    mutating func observe(cells number: Int, in milliseconds: Int64) {
        time = time * Self.memory + Double(milliseconds)
        count = count * Self.memory + Double(number)
    }

    /// The first records of a lease, and the time since it began: what they do not account for is the fit's time.
    mutating func observe(fitAndCells number: Int, in milliseconds: Int64) {
        observe(fit: milliseconds - Int64(Double(number) * (cellMilliseconds ?? 0)))
    }
}
