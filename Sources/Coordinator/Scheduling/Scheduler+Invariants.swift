extension Scheduler {
    /// What must hold after every event; returns what does not, in words.
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
            expect(runs[lease.run]?.state.isOver == false, "lease \(id) belongs to a run that is over")
            for cell in lease.cells {
                expect(runs[lease.run]?.done.contains(cell) == false, "lease \(id) holds the recorded cell \(cell)")
            }
        }
        for (id, worker) in workers {
            for lease in worker.leases {
                expect(leases[lease]?.worker == id, "worker \(id) lists a foreign lease \(lease)")
            }
            expect(worker.isHungry == hungry.contains(id), "worker \(id) is wrongly counted as hungry or not")
        }
        for (id, run) in runs { broken += checkInvariants(of: id, run) }
        return broken
    }

    private func checkInvariants(of id: RunID, _ run: Run) -> [String] {
        var broken: [String] = []
        func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { broken.append("run \(id): " + text()) }
        }
        var pending = 0
        var held = 0
        for (number, group) in run.groups {
            pending += group.pending.count
            held += group.leases.count
            var seen: Set<Int> = []
            for cell in group.pending + group.leases.flatMap({ leases[$0]?.cells ?? [] }) {
                expect(seen.insert(cell).inserted, "cell \(cell) is in two hands")
                expect(run.space.cells(ofGroup: number).contains(cell), "cell \(cell) is not of group \(number)")
                expect(!run.done.contains(cell), "cell \(cell) is recorded and waits")
                expect(!run.isExcepted(cell), "cell \(cell) has an exception and waits")
            }
            let reachable = group.pending.isEmpty || group.isQueued || (group.owner.map { workers[$0] != nil } ?? false)
            expect(reachable, "group \(number) has pending cells that nobody can get")
            expect(!group.isFinished, "group \(number) is finished and kept")
            expect(group.backingOff >= 0, "group \(number) counts \(group.backingOff) cells backing off")
        }
        expect(pending == run.pendingCells, "\(pending) pending cells are counted as \(run.pendingCells)")
        expect(held == run.leaseCount, "\(held) leases are counted as \(run.leaseCount)")
        expect(run.failedCells == run.exceptions.values.count { $0.isFinal }, "final failures are miscounted")
        expect(run.resolving >= 0, "\(run.resolving) groups are being looked up")
        // Every cell that the run has reached stands somewhere.
        if run.resolving == 0 {
            for number in 0..<run.cursor where run.groups[number] == nil {
                for cell in run.space.cells(ofGroup: number)
                where !run.done.contains(cell) && run.exceptions[cell]?.isFinal != true {
                    expect(isKnownExcluded(cell, run), "cell \(cell) was reached and is nowhere")
                }
            }
        }
        return broken
    }

    /// Spaces with exclusions do not say which cells they are: such runs are checked by their counts alone.
    private func isKnownExcluded(_ cell: Int, _ run: Run) -> Bool { run.space.excludedCount > 0 }
}
