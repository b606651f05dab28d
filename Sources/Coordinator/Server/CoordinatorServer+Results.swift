import Grid
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Checks results against their grid and adds them to the next commit.
    func receive(_ result: ReceivedResult, from route: RoutingID) throws(RouteGridError) {
        guard let peer = peers[route] else { return send(.unknown, to: route) }
        guard let worker = peer.worker else {
            throw RouteGridError(.protocolRefused, "a client does not send this message")
        }
        handle(.messageReceived(worker))
        guard holds(result.lease, worker) else {
            return refuse(result.items[...], "a result for lease \(result.lease), which another worker holds", route)
        }
        // The worker keeps them and will send them again.
        guard !commits.isStalled else { return }
        var receipt = ServerCommits.Receipt(
            route: route,
            lease: result.lease,
            fence: result.fence,
            run: result.run
        )
        var refusals = Refusals()
        let holders = holders(peer)
        var foreign = result.items[..<0]
        for item in result.items {
            guard ledger.covers(item.cell, of: result.run, for: holders) else {
                foreign.append(item)
                continue
            }
            do throws(RouteGridError) {
                try refusals.check(item)
                let row = try check(item, run: receipt.run, from: peer)
                receipt.cells.append(row.cell)
                receipt.keys.append(ResultKey(jobKey: row.jobKey, resultDigest: row.resultDigest))
                persist(.result(row))
            } catch {
                refusals.add(item, error)
            }
        }
        if !receipt.cells.isEmpty { commits.add(receipt, byteCount: result.byteCount) }
        refuse(refusals, of: result, route)
        if let first = foreign.first {
            refuse(
                foreign,
                "a result for cell \(first.cell) of run \(result.run), which its key was never granted",
                route
            )
        }
        commitIfIdle()
    }

    /// Has a worker drop results that are not its own to deliver; no cell has failed by them.
    ///
    /// It is not expelled: another process may have claimed its lease in a hello, or the coordinator was restored from
    /// a copy without its grants.
    private func refuse(_ items: ArraySlice<ReceivedResult.Item>, _ why: String, _ route: RoutingID) {
        var answer = Acknowledgement()
        for item in items { answer.refuse(item.jobKey, item.resultDigest) }
        send(.committed(answer), to: route)
        refuse(RouteGridError(.refused, why), route, isSent: false)
    }

    /// Fails the cells of refused results and has their worker drop them: it would keep them, and their lease, for
    /// ever.
    private func refuse(_ refusals: Refusals, of result: ReceivedResult, _ route: RoutingID) {
        guard let first = refusals.found.first else { return }
        for (cell, error) in refusals.found {
            handle(
                .failed(
                    result.lease,
                    result.fence,
                    cell: cell,
                    .refused,
                    retryable: true,
                    text: error.message
                )
            )
        }
        send(.committed(refusals.answer), to: route)
        refuse(first.error, route)
    }

    /// The refused results of one message.
    private struct Refusals {
        private(set) var found: [(cell: CellID, error: RouteGridError)] = []
        private(set) var answer = Acknowledgement()
        /// Blobs inside the refused items: a blob is only in the first item that names it.
        private var blobs: Set<Digest> = []

        mutating func add(_ item: ReceivedResult.Item, _ error: RouteGridError) {
            found.append((item.cell, error))
            answer.refuse(item.jobKey, item.resultDigest)
            if !item.inline.isEmpty { blobs.formUnion(item.blobs) }
        }

        /// - Throws: when a blob that the item names was refused with an earlier one.
        func check(_ item: ReceivedResult.Item) throws(RouteGridError) {
            guard !blobs.isEmpty, item.inline.isEmpty, !blobs.isDisjoint(with: item.blobs) else { return }
            throw RouteGridError(
                .protocolRefused,
                "a result for cell \(item.cell) that names a blob inside a refused one"
            )
        }
    }

    private func check(_ item: ReceivedResult.Item, run: RunID, from peer: Peer) throws(RouteGridError) -> ResultRow {
        guard let lock = served[run]?.lock, item.cell < CellID(lock.cellCount) else {
            throw RouteGridError(.protocolRefused, "a result for cell \(item.cell) of run \(run), which does not exist")
        }
        let cell = item.cell
        guard cache.job(ofCell: cell, in: run, lock: lock)?.jobKey == item.jobKey else {
            throw RouteGridError(.protocolRefused, "a result whose key is not that of cell \(cell) of run \(run)")
        }
        guard scheduler.isOpen(cell, in: run) else {
            throw RouteGridError(
                .protocolRefused,
                "a result for test cell \(cell) of run \(run), which was not selected"
            )
        }
        let record = try CheckedRecord(item.record, place: "a result for cell \(cell) of run \(run)")
        guard record.jobKey == item.jobKey, record.resultDigest == item.resultDigest else {
            throw RouteGridError(
                .protocolRefused,
                "a result for cell \(cell) of run \(run) that comes with another key or digest than its record has"
            )
        }
        guard let facts = RunFactsCheck.delivered(item.run, by: peer.key) else {
            throw RouteGridError(
                .protocolRefused,
                "a result for cell \(cell) of run \(run) whose facts are not one line of JSON of at most "
                    + "\(RunFactsCheck.maximumSize) bytes"
            )
        }
        var blobs: [ResultRow.InlineBlob] = []
        for bytes in item.inline {
            let digest = bytes.withUnsafeBytes { Digest(hashing: $0) }
            guard item.blobs.contains(digest) else {
                throw RouteGridError(
                    .protocolRefused,
                    "a blob inside the result of cell \(cell) that the record does not name"
                )
            }
            blobs.append(ResultRow.InlineBlob(digest: digest, bytes: bytes))
        }
        return ResultRow(
            run: run,
            cell: cell,
            jobKey: item.jobKey,
            resultDigest: item.resultDigest,
            body: item.record,
            runInfo: facts,
            blobs: blobs,
            worker: peer.name,
            testRead: testReads.unknown(lock, run: run, cell: cell),
            choices: record.choices,
            isLatency: record.isLatency,
            isOwn: keys?.isOwn(userID: peer.key) ?? false,
            audit: audit(item.jobKey, cell, of: run, lock, by: peer, isLatency: record.isLatency)
        )
    }
}
