import HeapModule
import RouteGridBase

/// One grid in the scheduler: what is done, what is handed out, what waits.
///
/// Pending cells cost nothing until their group is reached: they are every cell from the cursor on.
struct Run: Sendable {
    /// A group that was reached and is not finished.
    struct Group: Sendable {
        /// Whether the store has said which of its cells are recorded.
        var isResolved = false
        /// Cells that wait for a worker, in order.
        var pending: [Int] = []
        var leases: Set<LeaseID> = []
        /// Cells that wait for their time to be tried again.
        var backingOff = 0
        /// The worker that has the group's fit and gets the rest of it, unless others have nothing to do.
        var owner: WorkerID?
        /// Whether the group's number is in `ready`.
        var isQueued = false

        /// Whether some worker has its fit, or makes it.
        var isBegun: Bool { owner != nil || !leases.isEmpty }
        var isFinished: Bool { isResolved && pending.isEmpty && leases.isEmpty && backingOff == 0 }

        /// Takes a cell out of those that wait; false when it is not among them.
        mutating func removePending(_ cell: Int) -> Bool {
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
        let cell: Int
        static func < (left: Waiting, right: Waiting) -> Bool { (left.until, left.cell) < (right.until, right.cell) }
    }

    let space: any CellSpace
    var policy: RunPolicy
    var state: RunState
    var stage: RunStage
    var done: CellBitmap
    var exceptions: [Int: CellException]
    /// The first group that nobody has asked the store about.
    var cursor = 0
    /// Groups that the store was asked about and has not answered.
    var lookedUp: Set<Int> = []
    var groups: [Int: Group] = [:]
    /// Groups with pending cells that no worker owns, lowest number first.
    var ready = Heap<Int>()
    /// Groups with pending cells whose fit some worker owns.
    var owned: Set<Int> = []
    var backoff = Heap<Waiting>()
    var leaseCount = 0
    /// The number of the last lease granted from it: of runs alike in all else, the one served longest ago goes first.
    var lastGrant: UInt64 = 0
    var pendingCells = 0
    var failedCells: Int
    /// Records that were there before the run needed them.
    var reusedCells = 0
    var duration = ObservedDuration()

    init(
        _ space: any CellSpace,
        _ policy: RunPolicy,
        _ state: RunState,
        done: CellBitmap,
        exceptions: [Int: CellException],
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

    /// Whether nothing is left to hand out, to wait for, or to ask about.
    var isExhausted: Bool { cursor >= end && lookedUp.isEmpty && groups.isEmpty }

    /// Whether what waits now is all that is left to hand out, but for what comes back.
    var isAtItsLastGroups: Bool { cursor >= end && lookedUp.isEmpty }

    /// Whether the store has said which cells of the group are recorded.
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

    /// Takes the lowest group that no worker owns off the queue.
    mutating func popReady() -> Int? {
        while let number = ready.popMin() {
            groups[number]?.isQueued = false
            if groups[number]?.pending.isEmpty == false { return number }
        }
        return nil
    }

    /// Forgets queued groups whose pending cells all went elsewhere, so that they do not count as work at hand.
    mutating func emptyReady() {
        while let number = ready.popMin() { groups[number]?.isQueued = false }
    }

    /// Takes the first cells of a group for a lease; the rest stays with the worker that has the fit.
    mutating func take(_ count: Int, ofGroup number: Int, lease: LeaseID, for worker: WorkerID) -> [Int] {
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

    /// Gives cells back to their group, in order, without those that are done, failed or elsewhere.
    mutating func restore(_ cells: [Int], toGroup number: Int) {
        var group = groups[number] ?? Group(isResolved: isReached(number))
        let returning = cells.filter { isOpen($0) && !done.contains($0) && !isExcepted($0) }
        group.pending = (group.pending + returning).sorted()
        pendingCells += returning.count
        groups[number] = group
        queue(number)
        dropIfFinished(number)
    }

    /// Whether a cell is kept from running by its exception.
    func isExcepted(_ cell: Int) -> Bool {
        guard let exception = exceptions[cell] else { return false }
        return exception.state != .retrying
    }

    mutating func dropIfFinished(_ number: Int) {
        if groups[number]?.isFinished == true {
            groups[number] = nil
            owned.remove(number)
        }
    }

    /// Takes a cell out of the pending cells of its group, if it is there.
    mutating func removePending(_ cell: Int) {
        let number = space.group(ofCell: cell)
        guard groups[number]?.removePending(cell) == true else { return }
        pendingCells -= 1
        if groups[number]?.pending.isEmpty == true { owned.remove(number) }
    }

    /// Takes the answer of a look-up: these cells of the group wait, as far as nothing was heard of them meanwhile.
    mutating func resolve(_ number: Int, pending cells: [Int]) {
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

    /// The cells of a worker's lease of an earlier life that are still nobody's, and their group.
    func adoptable(_ held: HeldLease) -> (group: Int, cells: [Int])? {
        guard !state.isOver, let first = held.cells.first,
            held.cells.allSatisfy({ (0..<space.cellCount).contains($0) })
        else { return nil }
        let number = space.group(ofCell: first)
        let range = space.cells(ofGroup: number)
        let cells = Set(held.cells).sorted().filter {
            range.contains($0) && isOpen($0) && !done.contains($0) && !isExcepted($0)
        }
        return (number, cells)
    }

    /// Takes cells of a group that were pending, or that nobody has looked up yet, into a lease.
    mutating func adopt(_ cells: [Int], ofGroup number: Int, lease: LeaseID) {
        for cell in cells { removePending(cell) }
        let absent = Group(isResolved: isReached(number))
        groups[number, default: absent].leases.insert(lease)
        leaseCount += 1
    }

    /// Enters the exception of a cell that is not recorded.
    mutating func except(_ cell: Int, _ exception: CellException) {
        exceptions[cell] = exception
        if exception.isFinal { failedCells += 1 }
        guard let until = exception.until else { return }
        backoff.insert(Waiting(until: until, cell: cell))
        groups[space.group(ofCell: cell)]?.backingOff += 1
    }

    /// Makes the cells pending whose time to be tried again has come.
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
    mutating func record(_ cell: Int) -> CellException? {
        done.insert(cell)
        removePending(cell)
        guard let exception = exceptions.removeValue(forKey: cell) else { return nil }
        if exception.isFinal { failedCells -= 1 }
        if exception.state == .backingOff { groups[space.group(ofCell: cell)]?.backingOff -= 1 }
        return exception
    }
}

/// Running means of how long fits and evaluations of a run take.
struct ObservedDuration: Sendable {
    private(set) var fitMilliseconds: Double?
    // Of the cells seen, older ones counting less and less.
    private var time = 0.0
    private var count = 0.0
    private static let memory = 0.8

    var cellMilliseconds: Double? { count > 0 ? time / count : nil }

    mutating func observe(fit milliseconds: Int64) {
        let new = Double(max(0, milliseconds))
        fitMilliseconds = fitMilliseconds.map { new + ($0 - new) * Self.memory } ?? new
    }

    /// Cells whose records came together, and the time since those before them: none when one commit held both.
    mutating func observe(cells number: Int, in milliseconds: Int64) {
        time = time * Self.memory + Double(milliseconds)
        count = count * Self.memory + Double(number)
    }

    /// The first records of a lease, and the time since it began: what they do not account for is the fit's.
    mutating func observe(fitAndCells number: Int, in milliseconds: Int64) {
        observe(fit: milliseconds - Int64(Double(number) * (cellMilliseconds ?? 0)))
    }
}
