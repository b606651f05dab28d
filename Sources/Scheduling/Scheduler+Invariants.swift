import HeapModule
import RouteGridBase

extension Scheduler {
    /// Checks what must hold after every event; returns the violations, in words.
    ///
    /// Tests and simulations call it.
    package func checkInvariants() -> [String] {
        var broken: [String] = []
        func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { broken.append(text()) }
        }
        for (id, lease) in leases {
            expect(workers[lease.worker]?.leases.contains(id) == true, "lease \(id) is not in its worker's list")
            expect(
                runs[lease.run]?.groups[lease.group]?.leases.contains(id) == true,
                "lease \(id) is not in its group's list"
            )
            expect(!lease.cells.isEmpty, "lease \(id) is empty")
            for cell in lease.cells {
                expect(isOpen(cell, in: lease.run), "cell \(cell) of run \(lease.run) is leased and was not selected")
            }
            expect(runs[lease.run]?.state.isOver == false, "lease \(id) belongs to a run that is over")
        }
        expect(
            wantedLeases == workers.values.reduce(0) { $0 + $1.credit },
            "\(wantedLeases) leases are not what is wanted"
        )
        for (id, worker) in workers {
            for lease in worker.leases {
                let holder = leases[lease]?.worker ?? audits.leases[lease]?.worker
                expect(holder == id, "worker \(id) lists a foreign lease \(lease)")
            }
            expect(
                worker.hasFreeCredit == withCredit.contains(id),
                "worker \(id) has free credit and is not listed, or not and is"
            )
        }
        for (id, run) in runs { broken += checkInvariants(of: id, run) }
        broken += checkAudits()
        return broken
    }

    private func checkInvariants(of id: RunID, _ run: Run) -> [String] {
        var broken: [String] = []
        func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { broken.append("run \(id): " + text()) }
        }
        var pending = 0
        var held = 0
        var backingOff: [Int: Int] = [:]
        for (cell, exception) in run.exceptions {
            expect(!run.done.contains(cell), "the recorded cell \(cell) has an exception")
            if exception.state == .backingOff { backingOff[run.space.group(ofCell: cell), default: 0] += 1 }
        }
        let queued = Set(run.ready.unordered)
        for (number, group) in run.groups {
            pending += group.pending.count
            held += group.leases.count
            broken += checkInvariants(of: id, run, group: number, group)
            expect(
                group.backingOff == backingOff[number, default: 0],
                "group \(number) counts \(group.backingOff) cells backing off for \(backingOff[number, default: 0])"
            )
            expect(!group.isQueued || queued.contains(number), "group \(number) is marked as queued and is not")
        }
        for number in run.owned {
            expect(run.groups[number]?.pending.isEmpty == false, "group \(number) is owned and has no pending cells")
        }
        expect(pending == run.pendingCells, "\(pending) pending cells are counted as \(run.pendingCells)")
        expect(held == run.leaseCount, "\(held) leases are counted as \(run.leaseCount)")
        expect(run.failedCells == run.exceptions.values.count { $0.isFinal }, "final failures are miscounted")
        // Every open cell of a reached group without an entry is done or has finally failed.
        if run.space.excludedCount == 0 {
            for number in 0..<run.cursor where run.groups[number] == nil && !run.lookedUp.contains(number) {
                for cell in run.space.cells(ofGroup: number) where run.isOpen(cell) && !run.done.contains(cell) {
                    expect(run.exceptions[cell]?.isFinal == true, "cell \(cell) was reached and has no state")
                }
            }
        }
        return broken
    }

    /// Spaces with exclusions do not name the excluded cells: a missing cell of theirs is not detected here.
    private func checkInvariants(of id: RunID, _ run: Run, group number: Int, _ group: Run.Group) -> [String] {
        var broken: [String] = []
        func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { broken.append("run \(id), group \(number): " + text()) }
        }
        let range = run.space.cells(ofGroup: number)
        var seen: Set<CellID> = []
        for cell in group.pending + group.leases.flatMap({ leases[$0]?.cells ?? [] }) {
            expect(seen.insert(cell).inserted, "cell \(cell) is pending or leased twice")
            expect(range.contains(cell), "cell \(cell) is of another group")
            expect(!run.done.contains(cell), "cell \(cell) is recorded and still pending or leased")
            expect(!run.isExcepted(cell), "cell \(cell) has an exception and is still pending or leased")
            expect(run.isOpen(cell), "cell \(cell) was not selected and is pending or leased")
        }
        expect(group.pending == group.pending.sorted(), "its pending cells are not in order")
        if group.isResolved, run.space.excludedCount == 0 {
            for cell in range where run.isOpen(cell) && !run.done.contains(cell) && !run.isExcepted(cell) {
                expect(seen.contains(cell), "cell \(cell) has no state")
            }
        }
        let isOwned = group.owner.map { workers[$0] != nil && run.owned.contains(number) } ?? false
        expect(group.pending.isEmpty || group.isQueued || isOwned, "its pending cells can be granted to no worker")
        expect(!group.isFinished, "it is finished and kept")
        return broken
    }
}
