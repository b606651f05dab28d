import Catalog
import Grid
import Logging
import RouteGridBase
import Scheduling

/// A sample of the recorded cells is computed again by workers of another key.
///
/// What agrees is counted. A difference is held as a divergence until a worker whose key the operator trusts has
/// computed the cell too: its result says which was right, and the record of the other goes.
extension CoordinatorServer {
    /// Whose results a worker's are.
    func origin(_ peer: Peer) -> ResultOrigin {
        let key = peer.key.map { keys?.origin(userID: $0) ?? $0 } ?? GrantLedger.anybody
        return ResultOrigin(key: key, worker: peer.name)
    }

    /// Notes whose results a worker's are, and whether its key is trusted now.
    func noteOrigin(of peer: Peer) {
        guard sample != nil, let worker = peer.worker else { return }
        handle(.workerOrigin(worker, origin(peer), isTrusted: keys?.isTrusted(userID: peer.key) ?? false))
    }

    /// What a result means for the audit of its cell; nil for the most of them.
    ///
    /// Measurements and what programs compute may differ from time to time, so the sample has none of them.
    func audit(
        _ key: JobKey,
        _ cell: CellID,
        of run: RunID,
        _ lock: GridLock,
        by peer: Peer,
        isLatency: Bool
    ) -> ResultAudit? {
        guard let sample, !isLatency else { return nil }
        let isSampled = sample.contains(key) && !lock.runsProgram(cell)
        guard isSampled || audits[run, cell] != nil else { return nil }
        return ResultAudit(
            origin: origin(peer),
            isTrusted: keys?.isTrusted(userID: peer.key) ?? false,
            isSampled: isSampled
        )
    }

    /// Results are on disk: some begin an audit, some are what an audit waits for.
    func noteAudits(_ batch: ServerCommits.Batch, _ verdicts: [CommitVerdict]) {
        var verdicts = verdicts.makeIterator()
        for case .result(let row) in batch.changes {
            let verdict = verdicts.next()
            guard let audit = row.audit else { continue }
            switch verdict {
            case .new: if let begun = row.begunAudit { note(begun) }
            case .equal, .divergent:
                guard var audited = audits[row.run, row.cell] else { continue }
                let counts = audited.add(
                    row.execution(audit),
                    isTrusted: audit.isTrusted,
                    sharesOneKey: scheduler.sharesOneKey
                )
                if counts { executed(audited, row) } else { note(audited) }
            default: continue
            }
        }
    }

    private func note(_ audited: AuditedCell) {
        audits.set(audited)
        if let task = audited.task { handle(.audit(task)) }
    }

    /// An audited cell was computed once more.
    private func executed(_ audited: AuditedCell, _ row: ResultRow) {
        note(audited)
        persist(.audited(audited))
        let line = AuditReports.line(audited)
        switch audited.state {
        case .waiting, .agreed: return
        case .suspect: log.error("two workers differ", metadata: ["what": "\(line)"])
        case .undecided: log.error("three workers differ", metadata: ["what": "\(line)"])
        case .decided:
            log.error("a worker gave a wrong result", metadata: ["what": "\(line)"])
            if audited.refuted == audited.first { persist(.replaced(row)) }
        }
        persist(.audit(actor: "coordinator", action: "audit", detail: line))
    }
}

extension CommitQueue.Batch where Change == StoreWrite {
    /// Whether an audit that is decided ends a divergence.
    var endsDivergences: Bool {
        changes.contains { if case .audited(let audited) = $0 { audited.state == .decided } else { false } }
    }
}

extension GridLock {
    /// Whether a program of somebody's computes a cell.
    fileprivate func runsProgram(_ cell: CellID) -> Bool {
        guard !programs.isEmpty else { return false }
        let group = group(ofCell: cell)
        return evaluationGroups.contains(group) && fit(ofGroup: group).router.kind == RouterCatalog.programKind
    }
}
