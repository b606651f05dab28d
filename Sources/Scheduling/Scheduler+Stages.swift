package import RouteGridBase

extension Scheduler {
    /// Whether a cell may run now, or could have run: it is no test cell, or one that was selected.
    package func isOpen(_ cell: CellID, in id: RunID) -> Bool {
        // The common case copies nothing of the run.
        if case .single? = runs[id]?.stage { return true }
        return runs[id]?.isOpen(cell) ?? false
    }

    /// The selection is on disk: its cells may run, and only from here on.
    mutating func selected(_ id: RunID, cells: CellBitmap) {
        guard case .choosing? = runs[id]?.stage else { return }
        runs[id]?.stage = .second(cells)
        // Every group is looked up again; those without anything left are skipped. Groups that a retry returned
        // meanwhile also have selected cells that were not looked up.
        runs[id]?.cursor = 0
        for group in runs[id]?.groups.keys ?? [:].keys { runs[id]?.groups[group]?.isResolved = false }
        mayGrant = true
    }

    /// What follows when nothing is left to do: the selection, or the end.
    mutating func conclude(_ id: RunID) {
        switch runs[id]?.stage {
        case .first:
            runs[id]?.stage = .choosing
            commands.append(.select(id))
        case .choosing, nil: break
        case .single, .second: change(id, to: .finished, reason: "")
        }
    }
}

extension Run {
    /// Whether the selection lets a cell run.
    func isOpen(_ cell: CellID) -> Bool {
        if case .single = stage { return true }
        return !space.isDeferred(cell) || stage.admits(cell)
    }

    /// Where the groups of the present stage end: measurements of latency come after everything else.
    var end: Int {
        switch stage {
        case .first, .choosing: space.firstMeasurement
        case .single, .second: space.groupCount
        }
    }

    /// Whether every cell of a group that may run is recorded.
    func isRecorded(_ group: Int) -> Bool {
        let cells = space.cells(ofGroup: group)
        if case .single = stage { return done.contains(all: cells) }
        return cells.allSatisfy { !isOpen($0) || done.contains($0) }
    }

    /// Why a cell that may not run does not.
    func closedReason(of cell: CellID) -> String? {
        guard !isOpen(cell) else { return nil }
        switch stage {
        case .single: return nil
        case .first: return "test cells wait until all dev cells are over: then some are selected"
        case .choosing: return "the selection is being made"
        case .second: return "another configuration did better on dev"
        }
    }
}
