import HeapModule

extension Scheduler {
    /// A cell, or the fit and with it every cell left of the lease, failed.
    mutating func failed(
        _ id: LeaseID,
        _ fence: Fence,
        cell: Int?,
        kind: FailureKind,
        retryable: Bool,
        text: String
    ) {
        guard let lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        leases[id]?.seen = now
        leases[id]?.progressed = now
        let cells = cell.map { [$0] } ?? lease.cells
        var returning: [Int] = []
        for cell in cells where leases[id]?.remove(cell) == true {
            if kind == .crash {
                crashed(lease.run, cell: cell, text: text)
            } else {
                failedOnce(lease.run, cell: cell, kind: kind, retryable: retryable, text: text)
            }
            returning.append(cell)
        }
        if kind == .crash, cell != nil { leases[id]?.progress = .fit }
        if leases[id]?.cells.isEmpty == true { endLease(id) }
        runs[lease.run]?.restore(returning, toGroup: lease.group)
        stopIfTooManyFailed(lease.run)
        mayGrant = true
    }

    /// Counts a process death against a cell: tried again at once the first time, then with back-off.
    mutating func crashed(_ id: RunID, cell: Int, text: String) {
        guard let run = runs[id] else { return }
        let crashes = (run.exceptions[cell]?.crashes ?? 0) + 1
        except(
            id,
            cell: cell,
            final: crashes >= run.policy.crashLimit ? .quarantined : nil,
            attempts: run.exceptions[cell]?.attempts ?? 0,
            crashes: crashes,
            delay: crashes == 1 ? nil : run.policy.backoff(tries: crashes - 1),
            kind: .crash,
            text: text
        )
        stopIfTooManyFailed(id)
    }

    private mutating func failedOnce(_ id: RunID, cell: Int, kind: FailureKind, retryable: Bool, text: String) {
        guard let run = runs[id] else { return }
        let attempts = (run.exceptions[cell]?.attempts ?? 0) + 1
        except(
            id,
            cell: cell,
            final: !retryable || attempts > run.policy.retries ? .failed : nil,
            attempts: attempts,
            crashes: run.exceptions[cell]?.crashes ?? 0,
            delay: run.policy.backoff(tries: attempts),
            kind: kind,
            text: text
        )
    }

    private mutating func except(
        _ id: RunID,
        cell: Int,
        final: CellException.State?,
        attempts: Int,
        crashes: Int,
        delay: Int64?,
        kind: FailureKind,
        text: String
    ) {
        guard var run = runs[id], !run.done.contains(cell) else { return }
        let until = final == nil ? delay.map { now + $0 } : nil
        let exception = CellException(
            state: final ?? (until == nil ? .retrying : .backingOff),
            attempts: attempts,
            crashes: crashes,
            kind: kind,
            text: text,
            until: until
        )
        run.exceptions[cell] = exception
        if exception.isFinal { run.failedCells += 1 }
        if let until {
            run.backoff.insert(Run.Waiting(until: until, cell: cell))
            run.groups[run.space.group(ofCell: cell)]?.backingOff += 1
        }
        runs[id] = run
        commands.append(.record(id, cell: cell, exception))
    }

    private mutating func stopIfTooManyFailed(_ id: RunID) {
        guard let run = runs[id], let limit = run.policy.maxFails, run.failedCells > limit else { return }
        end(id, as: .stopped, reason: "\(run.failedCells) cells failed and max_fails is \(limit)")
    }
}
