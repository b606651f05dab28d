import Foundation
import Grid
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Sends records: those of one run at once, those of all runs as soon as there are some.
    func follow(_ request: WireFollow, _ route: RoutingID) throws(RouteGridError) {
        try checkReading(route)
        let limit = Int(min(max(request.credit, 1), 4_096))
        if request.run == 0 {
            let own = followers.count(of: route)
            try PeerLimits.check(own, PeerLimits.follows, "requests of this peer wait for records")
            try PeerLimits.check(followers.count, PeerLimits.allFollows, "requests wait for records")
            return feed(Follower(route: route, after: request.afterSeq, limit: limit))
        }
        try PeerLimits.check(fetches[route], PeerLimits.fetches, "reads of this peer are under way")
        try PeerLimits.check(fetches.total, PeerLimits.allFetches, "reads are under way")
        fetches.begin(route)
        guard let lock = served[request.runID]?.lock else {
            throw RouteGridError(.usage, "there is no run \(request.run); `routegrid status` lists them")
        }
        let identity = access.store.identity
        let selected = served[request.runID]?.selection?.cells ?? CellBitmap()
        let start = CellID(clamping: request.afterSeq)
        access.read { store throws(RouteGridError) in
            var page = RunPage(start: start, limit: limit)
            try page.fill(from: store, lock, selected: selected)
            var message = WireRecords(page.records, identity: identity)
            message.first = UInt64(start.rawValue)
            message.last = UInt64(page.position.rawValue)
            message.complete = !lock.allCells.contains(page.position)
            return message
        } then: { outcome in
            self.assumeIsolated { server in
                server.fetches.end(route)
                server.answer(outcome, route)
            }
        }
    }

    /// Sends records from the disk, or makes the follower wait when it has them all.
    private func feed(_ follower: Follower) {
        // Followers reconnect when they have waited for long; their old connections are dropped here.
        followers.forget { peers[$0] == nil }
        if followers.wait(follower) { return }
        let identity = access.store.identity
        access.read { store throws(RouteGridError) in
            let records = try store.records(
                after: follower.after,
                limit: follower.limit,
                byteLimit: WireProtocol.batchSize
            )
            return WireRecords(records, identity: identity)
        } then: { outcome in
            self.assumeIsolated { $0.answer(outcome, follower.route) }
        }
    }

    /// Sends the new records of a commit to the followers that waited for them.
    func feedFollowers(with batch: ServerCommits.Batch, _ outcome: CommitOutcome) {
        guard let last = outcome.places.last else { return }
        for follower in followers.recordsCommitted(upTo: last) {
            let records = batch.records(outcome, after: follower.after, limit: follower.limit)
            send(.records(WireRecords(records, identity: access.store.identity)), to: follower.route)
        }
    }

    private func answer(_ outcome: Result<WireRecords, RouteGridError>, _ route: RoutingID) {
        switch outcome {
        case .success(let message): send(.records(message), to: route)
        case .failure(let error): send(.refused(error.code, error.message), to: route)
        }
    }
}

extension CommitQueue.Batch where Change == StoreWrite {
    /// The first new records of the batch after a place, as many as fit into one message.
    fileprivate func records(_ outcome: CommitOutcome, after place: UInt64, limit: Int) -> [StoredRecord] {
        var records: [StoredRecord] = []
        var (verdicts, places) = (outcome.verdicts.makeIterator(), outcome.places.makeIterator())
        var byteCount = 0
        for change in changes {
            let row: ResultRow
            switch change {
            case .result(let new):
                guard verdicts.next() == .new else { continue }
                row = new
            case .replaced(let new): row = new
            default: continue
            }
            guard let sequence = places.next(), sequence > place else { continue }
            guard records.count < limit, byteCount < WireProtocol.batchSize else { break }
            records.append(
                StoredRecord(
                    sequence: sequence,
                    jobKey: row.jobKey,
                    body: Array(row.body),
                    runInfo: Array(row.runInfo)
                )
            )
            byteCount += row.body.count + row.runInfo.count
        }
        return records
    }
}

/// Records of one run in cell order, as many as fit into one message.
private struct RunPage {
    /// The first cell of the next page.
    private(set) var position: CellID
    private(set) var records: [StoredRecord] = []
    private let limit: Int
    private var byteCount = 0
    /// Cells looked up for one answer: a run without records takes several.
    private static let cellsAtOnce = 65_536

    init(start: CellID, limit: Int) {
        position = start
        self.limit = limit
    }

    /// Reads to the end of the run, or until the message is full, which may be inside a large group.
    mutating func fill(from store: RecordStore, _ lock: GridLock, selected: CellBitmap) throws(RouteGridError) {
        let start = position
        while lock.allCells.contains(position), start.distance(to: position) < Self.cellsAtOnce {
            let group = lock.group(ofCell: position)
            // Test records that other runs have read do not belong to this run.
            let jobs = lock.jobs(ofGroup: group).filter {
                $0.cell >= position && (!lock.isDeferred($0.cell) || selected.contains($0.cell))
            }
            let found = try store.records(
                of: jobs.map(\.jobKey),
                limit: limit - records.count,
                byteLimit: WireProtocol.batchSize - byteCount
            )
            records += found.records
            byteCount += found.records.reduce(0) { $0 + $1.body.count + $1.runInfo.count }
            guard found.keyCount == jobs.count else {
                position = jobs[found.keyCount].cell
                return
            }
            position = lock.cells(ofGroup: group).upperBound
        }
    }
}

extension WireRecords {
    fileprivate init(_ records: [StoredRecord], identity: [UInt8]) {
        self.init()
        coordinator = Data(identity)
        first = records.first?.sequence ?? 0
        last = records.last?.sequence ?? 0
        items = records.map { record in
            var item = WireRecordItem()
            item.seq = record.sequence
            item.jobKey = record.jobKey.data
            item.record = Data(record.body)
            item.run = Data(record.runInfo)
            return item
        }
    }
}
