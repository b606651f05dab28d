import HeapModule

extension Scheduler {
    mutating func add(
        _ id: RunID,
        space: any CellSpace,
        policy: RunPolicy,
        state: RunState,
        done: CellBitmap,
        exceptions: [Int: CellException]
    ) {
        guard runs[id] == nil else { return }
        var run = Run(space: space, policy: policy, state: state, done: done, exceptions: exceptions)
        // What backed off in an earlier life is tried at once: its clock is gone.
        for (cell, exception) in exceptions where exception.state == .backingOff {
            run.exceptions[cell]?.state = .retrying
            run.exceptions[cell]?.until = nil
        }
        runs[id] = run
        if !state.isOver { unfinished.insert(id) }
        mayGrant = true
    }

    mutating func change(_ id: RunID, to state: RunState, reason: String) {
        guard let run = runs[id], !run.state.isOver, run.state != state else { return }
        runs[id]?.state = state
        if state.isOver { unfinished.remove(id) }
        commands.append(.runChanged(id, state, reason: reason))
        mayGrant = true
    }

    /// Ends a run before its end: leases are taken back, what is pending stays where it is.
    mutating func end(_ id: RunID, as state: RunState, reason: String) {
        guard let run = runs[id], !run.state.isOver else { return }
        change(id, to: state, reason: reason)
        for lease in leases.values.filter({ $0.run == id }).sorted(by: { $0.id < $1.id }) {
            commands.append(.revoke(lease.worker, lease.id, lease.fence, cells: []))
            returnLease(lease.id, blaming: false, text: "")
        }
    }

    mutating func retry(_ id: RunID, cells: [Int]) {
        guard var run = runs[id], run.state != .cancelled else { return }
        let wanted = cells.isEmpty ? run.exceptions.filter { $0.value.isFinal }.keys.sorted() : cells.sorted()
        for cell in wanted {
            guard run.exceptions[cell]?.isFinal == true else { continue }
            run.exceptions[cell] = nil
            run.failedCells -= 1
            commands.append(.record(id, cell: cell, nil))
            let group = run.space.group(ofCell: cell)
            if group < run.cursor {
                if run.groups[group] == nil { run.groups[group] = Run.Group(isResolved: true) }
                if run.groups[group]?.isResolved == true { run.restore([cell], toGroup: group) }
            }
        }
        runs[id] = run
        if run.state == .stopped || run.state == .finished {
            runs[id]?.state = .active
            unfinished.insert(id)
            commands.append(.runChanged(id, .active, reason: "retry"))
        }
        mayGrant = true
    }

    mutating func resolved(_ id: RunID, group number: Int, unrecorded: [Int], recorded: [Int]) {
        guard var run = runs[id] else { return }
        run.resolving -= 1
        for cell in recorded where run.done.insert(cell) { run.reusedCells += 1 }
        var group = run.groups[number] ?? Run.Group()
        group.isResolved = true
        let handedOut = Set(group.leases.flatMap { leases[$0]?.cells ?? [] })
        let pending = unrecorded.filter {
            !handedOut.contains($0) && !run.done.contains($0) && !run.isExcepted($0)
        }
        run.pendingCells += pending.count - group.pending.count
        group.pending = pending
        run.groups[number] = group
        run.queue(number)
        run.dropIfFinished(number)
        runs[id] = run
        mayGrant = true
    }

    /// Asks the store about the next groups, and sees whether the run is over.
    mutating func settle(_ id: RunID) {
        guard runs[id]?.state == .active else { return }
        resolveAhead(id)
        guard let run = runs[id], run.isExhausted else { return }
        change(id, to: .finished, reason: "")
    }

    private mutating func resolveAhead(_ id: RunID) {
        guard var run = runs[id], run.cursor < run.space.groupCount else { return }
        let wantedGroups = max(configuration.resolveGroups, 2 * hungry.count)
        while run.cursor < run.space.groupCount,
            run.pendingCells < configuration.readyCells,
            run.resolving + run.ready.count < wantedGroups
        {
            while run.cursor < run.space.groupCount, run.done.contains(all: run.space.cells(ofGroup: run.cursor)) {
                run.cursor += 1
            }
            let first = run.cursor
            var cells = 0
            while run.cursor < run.space.groupCount,
                run.cursor - first < configuration.resolveGroups,
                cells < 4_096
            {
                cells += run.space.cells(ofGroup: run.cursor).count
                run.cursor += 1
            }
            guard run.cursor > first else { break }
            run.resolving += run.cursor - first
            commands.append(.resolve(id, groups: first..<run.cursor))
        }
        runs[id] = run
    }
}
