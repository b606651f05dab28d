import Grid
import RouteGridBase
import Wire

extension CoordinatorServer {
    /// Checks results against their grid and puts them into the next commit.
    func receive(_ result: ReceivedResult, from route: RoutingID) throws(RouteGridError) {
        guard let peer = peers[route] else { return send(.unknown, to: route) }
        guard let worker = peer.worker else {
            throw RouteGridError(.protocolRefused, "a client does not send this message")
        }
        handle(.workerSeen(worker))
        // The worker keeps them and sends them again.
        guard !isStalled else { return }
        var receipt = CommitBatch.Receipt(route: route, run: RunID(result.run))
        // What stands before a result that cannot be right is taken.
        defer {
            if !receipt.cells.isEmpty {
                waiting.receipts.append(receipt)
                waiting.byteCount += result.byteCount
            }
            commitIfIdle()
        }
        for item in result.items {
            let row = try check(item, run: receipt.run, worker: peer.name)
            receipt.cells.append(row.cell)
            receipt.jobKeys.append(row.jobKey)
            receipt.resultDigests.append(row.resultDigest)
            persist(.result(row))
        }
    }

    private func check(_ item: ReceivedResult.Item, run: RunID, worker: String) throws(RouteGridError) -> ResultRow {
        guard let lock = locks[run], item.cell < UInt64(lock.cellCount) else {
            throw RouteGridError(.protocolRefused, "a result for cell \(item.cell) of run \(run), which there is not")
        }
        let cell = Int(item.cell)
        guard cache.job(ofCell: cell, in: run, lock: lock)?.jobKey == item.jobKey else {
            throw RouteGridError(.protocolRefused, "a result whose key is not that of cell \(cell) of run \(run)")
        }
        guard scheduler.isOpen(cell, in: run) else {
            throw RouteGridError(
                .protocolRefused,
                "a result for test cell \(cell) of run \(run), which was not selected"
            )
        }
        guard let scan = RecordScan(item.record), scan.jobKey == item.jobKey,
            scan.resultDigest.map({ $0 == item.resultDigest }) ?? true
        else {
            throw RouteGridError(
                .protocolRefused,
                "a result for cell \(cell) of run \(run) whose record is not one line of JSON with its key and digest"
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
            runInfo: item.run,
            blobs: blobs,
            worker: worker,
            testRead: testReads.unknown(lock, run: run, cell: cell)
        )
    }
}
