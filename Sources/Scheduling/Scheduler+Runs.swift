import HeapModule
import RouteGridBase

extension Scheduler {
    mutating func add(_ id: RunID, _ new: Run) {
        guard runs[id] == nil else { return }
        var run = new
        for (cell, exception) in new.exceptions.sorted(by: { $0.key < $1.key }) {
            if new.done.contains(cell) {
                // The process before the restart ended between the commit of the record and that of the exception's
                // end.
                if run.record(cell) != nil { commands.append(.record(id, cell: cell, nil)) }
            } else if exception.state == .backingOff {
                // It is retried at once: the clock of before the restart is gone.
                run.exceptions[cell]?.state = .retrying
                run.exceptions[cell]?.until = nil
            }
        }
        runs[id] = run
        if !new.state.isOver { unfinished.insert(id) }
        mayGrant = true
    }

    mutating func change(_ id: RunID, to state: RunState, reason: String) {
        guard let run = runs[id], !run.state.isOver, run.state != state else { return }
        runs[id]?.state = state
        if state.isOver { unfinished.remove(id) }
        commands.append(.runChanged(id, state, reason: reason))
        mayGrant = true
    }

    /// Ends a run early: its leases are revoked and their cells returned.
    mutating func end(_ id: RunID, as state: RunState, reason: String) {
        guard let run = runs[id], !run.state.isOver else { return }
        change(id, to: state, reason: reason)
        for lease in leases.values.filter({ $0.run == id }).sorted(by: { ($0.fence, $0.id) < ($1.fence, $1.id) }) {
            commands.append(.revoke(lease.worker, lease.id, lease.fence, cells: []))
            returnLease(lease.id, blaming: false, text: "")
        }
        endAudits(of: id)
    }

    mutating func retry(_ id: RunID, cells: [CellID]) {
        guard var run = runs[id], run.state != .cancelled else { return }
        let wanted = cells.isEmpty ? run.exceptions.filter { $0.value.isFinal }.keys.sorted() : cells.sorted()
        for cell in wanted {
            guard run.exceptions[cell]?.isFinal == true else { continue }
            run.exceptions[cell] = nil
            run.failedCells -= 1
            commands.append(.record(id, cell: cell, nil))
            let group = run.space.group(ofCell: cell)
            // Groups that were not reached yet find the cell by their look-up.
            if run.isReached(group) { run.restore([cell], toGroup: group) }
        }
        runs[id] = run
        if run.state == .stopped || run.state == .finished {
            runs[id]?.state = .active
            unfinished.insert(id)
            commands.append(.runChanged(id, .active, reason: "retry"))
        }
        mayGrant = true
    }

    mutating func purged(_ id: RunID, cells: [CellID]) {
        guard var run = runs[id] else { return }
        let open = cells.filter { run.space.allCells.contains($0) && run.done.remove($0) }
        for (group, cells) in Dictionary(grouping: open, by: run.space.group(ofCell:)).sorted(by: { $0.key < $1.key }) {
            // Groups that were not reached yet find the cells by their look-up.
            if run.isReached(group) { run.restore(cells, toGroup: group) }
        }
        runs[id] = run
        for cell in open { audited(id, cell) }
        guard !open.isEmpty else { return }
        if run.state == .finished {
            runs[id]?.state = .active
            unfinished.insert(id)
            commands.append(.runChanged(id, .active, reason: "records were purged"))
        }
        mayGrant = true
    }

    mutating func resolved(_ id: RunID, group number: Int, unrecorded: [CellID], recorded: [CellID]) {
        guard runs[id]?.lookedUp.remove(number) != nil else { return }
        let reused = recorded.filter { runs[id]?.done.contains($0) == false && isOpen($0, in: id) }
        runs[id]?.reusedCells += reused.count
        committed(id, cells: reused)
        let handedOut = cellsHandedOut(ofGroup: number, of: id)
        runs[id]?.resolve(number, pending: unrecorded.filter { !handedOut.contains($0) })
        mayGrant = true
    }

    /// The cells of a group that are leased.
    func cellsHandedOut(ofGroup number: Int, of id: RunID) -> Set<CellID> {
        Set((runs[id]?.groups[number]?.leases ?? []).flatMap { leases[$0]?.cells ?? [] })
    }

    /// Looks up the next groups, and checks whether the run has ended.
    mutating func settle(_ id: RunID) {
        guard runs[id]?.state == .active else { return }
        let configuration = configuration
        let wanted = max(configuration.resolveGroups, 2 * withCredit.count)
        for groups in runs[id]?.advanceCursor(groups: wanted, configuration) ?? [] {
            commands.append(.resolve(id, groups: groups))
        }
        if runs[id]?.isExhausted == true { conclude(id) }
    }
}

extension Run {
    /// Advances the cursor and returns the groups to look up, in pieces.
    fileprivate mutating func advanceCursor(groups wanted: Int, _ configuration: Scheduler.Configuration) -> [Range<
        Int
    >] {
        guard cursor < space.groupCount else { return [] }
        if pendingCells == 0 { emptyReady() }
        var pieces: [Range<Int>] = []
        while cursor < reachable, lookedUp.count + ready.count < wanted {
            // Groups whose look-up was not answered count as if all of them were to run: neighbouring groups are of one
            // size.
            let expected = lookedUp.count * space.cells(ofGroup: cursor).count
            guard pendingCells + expected < configuration.readyCells else { break }
            skipRecorded()
            let (first, end) = (cursor, reachable)
            var cells = 0
            while cursor < end, cursor - first < configuration.resolveGroups, cells < policy.reachedCells {
                cells += space.cells(ofGroup: cursor).count
                cursor += 1
            }
            guard cursor > first else { break }
            lookedUp.formUnion(first..<cursor)
            pieces.append(first..<cursor)
        }
        return pieces
    }

    /// How far the cursor may go: measurements are not reached while groups before them are in progress, so that a run
    /// does not disturb its own.
    private var reachable: Int {
        let first = space.firstMeasurement
        if cursor < first { return first }
        let isAtWork = groups.keys.contains { $0 < first } || lookedUp.contains { $0 < first }
        return isAtWork ? cursor : end
    }

    /// Skips groups that are recorded whole; a lease that was adopted in one of them needs no look-up.
    private mutating func skipRecorded() {
        while cursor < end, isRecorded(cursor) {
            groups[cursor]?.isResolved = true
            cursor += 1
            dropIfFinished(cursor - 1)
        }
    }
}
