import Foundation
import Grid
import RouteGridBase
import Wire

/// Somebody who waits for the next record.
struct Follower: Sendable {
    let route: RoutingID
    let after: UInt64
    let limit: Int
}

extension CoordinatorServer {
    /// Sends records: those of a run at once, those of everybody at once or when the first one comes.
    func follow(_ request: WireFollow, _ route: RoutingID) throws(RouteGridError) {
        let limit = Int(min(max(request.credit, 1), 4_096))
        if request.run == 0 {
            // Whoever waited long asks again on a new connection.
            followers.removeAll { peers[$0.route] == nil }
            followers.append(Follower(route: route, after: request.afterSeq, limit: limit))
            return feedFollowers()
        }
        guard let lock = locks[RunID(request.run)] else {
            throw RouteGridError(.usage, "there is no run \(request.run); `routegrid status` lists them")
        }
        let identity = access.store.identity
        let selected = selections[RunID(request.run)]?.cells ?? CellBitmap()
        let start = Int(clamping: request.afterSeq)
        access.read { store throws(RouteGridError) in
            var group = start
            var found: [StoredRecord] = []
            var size = 0
            while group < lock.groupCount, found.count < limit, size < WireProtocol.batchSize {
                // Test records that other runs have read are not this run's.
                let jobs = lock.jobs(ofGroup: group).filter { !lock.isDeferred($0.cell) || selected.contains($0.cell) }
                let records = try store.records(of: jobs.map(\.jobKey))
                found += records
                size += records.reduce(0) { $0 + $1.body.count + $1.runInfo.count }
                group += 1
            }
            var message = WireRecords(found, identity: identity)
            message.first = UInt64(start)
            message.last = UInt64(group)
            message.complete = group >= lock.groupCount
            return message
        } then: { outcome in
            self.assumeIsolated { $0.answer(outcome, route) }
        }
    }

    /// Sends what is new to everybody who waits for it.
    func feedFollowers() {
        let waitingNow = followers
        followers = []
        let identity = access.store.identity
        for follower in waitingNow {
            access.read { store throws(RouteGridError) in
                let records = try store.records(
                    after: follower.after,
                    limit: follower.limit,
                    byteLimit: WireProtocol.batchSize
                )
                return WireRecords(records, identity: identity)
            } then: { outcome in
                self.assumeIsolated { server in
                    if case .success(let message) = outcome, message.items.isEmpty {
                        server.followers.append(follower)
                    } else {
                        server.answer(outcome, follower.route)
                    }
                }
            }
        }
    }

    private func answer(_ outcome: Result<WireRecords, RouteGridError>, _ route: RoutingID) {
        switch outcome {
        case .success(let message): send(.records(message), to: route)
        case .failure(let error): send(.refused(error.code, error.message), to: route)
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
