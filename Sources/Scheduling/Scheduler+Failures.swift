import RouteGridBase

extension Scheduler {
    /// A cell failed, or the fit and with it every remaining cell of the lease.
    mutating func failed(
        _ id: LeaseID,
        _ fence: Fence,
        cell: CellID?,
        kind: FailureKind,
        retryable: Bool,
        text: String
    ) {
        guard let lease = leases[id], lease.fence == fence else { return }
        seen(lease.worker)
        workers[lease.worker]?.stepped = now
        leases[id]?.seen = now
        leases[id]?.progressed = now
        let cells = cell.map { [$0] } ?? lease.cells
        var returning: [CellID] = []
        for cell in cells where leases[id]?.remove(cell) == true {
            if kind == .crash {
                crashed(lease.run, cell: cell, text: text)
            } else {
                failedOnce(lease.run, cell: cell, kind: kind, retryable: retryable, text: text)
            }
            returning.append(cell)
        }
        if kind == .crash { leases[id]?.progress = .unknown }
        if leases[id]?.cells.isEmpty == true { endLease(id) }
        runs[lease.run]?.restore(returning, toGroup: lease.group)
        stopIfTooManyFailed(lease.run)
        mayGrant = true
    }

    /// Counts a process death against a cell: its first retry is immediate, later ones back off.
    mutating func crashed(_ id: RunID, cell: CellID, text: String) {
        guard let policy = runs[id]?.policy else { return }
        let known = runs[id]?.exceptions[cell]
        let crashes = (known?.crashes ?? 0) + 1
        except(
            id,
            cell: cell,
            final: crashes >= policy.crashLimit ? .quarantined : nil,
            attempts: known?.attempts ?? 0,
            crashes: crashes,
            delay: crashes == 1 ? nil : policy.backoff(tries: crashes - 1),
            kind: .crash,
            text: text
        )
        stopIfTooManyFailed(id)
    }

    private mutating func failedOnce(_ id: RunID, cell: CellID, kind: FailureKind, retryable: Bool, text: String) {
        guard let policy = runs[id]?.policy else { return }
        let known = runs[id]?.exceptions[cell]
        let attempts = (known?.attempts ?? 0) + 1
        except(
            id,
            cell: cell,
            final: !retryable || attempts > policy.retries ? .failed : nil,
            attempts: attempts,
            crashes: known?.crashes ?? 0,
            delay: policy.backoff(tries: attempts),
            kind: kind,
            text: text
        )
    }

    private mutating func except(
        _ id: RunID,
        cell: CellID,
        final: CellException.State?,
        attempts: Int,
        crashes: Int,
        delay: Int64?,
        kind: FailureKind,
        text: String
    ) {
        guard runs[id]?.done.contains(cell) == false else { return }
        let until = final == nil ? delay.map { now + $0 } : nil
        let exception = CellException(
            state: final ?? (until == nil ? .retrying : .backingOff),
            attempts: attempts,
            crashes: crashes,
            kind: kind,
            text: text,
            until: until
        )
        runs[id]?.except(cell, exception)
        commands.append(.record(id, cell: cell, exception))
    }

    private mutating func stopIfTooManyFailed(_ id: RunID) {
        guard let run = runs[id], let limit = run.policy.maxFails, run.failedCells > limit else { return }
        end(id, as: .stopped, reason: "\(run.failedCells) cells failed and max_fails is \(limit)")
    }
}
