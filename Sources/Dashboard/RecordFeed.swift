import Aggregator
import Foundation
import Grid
import Report
import RouteGridBase
import Wire

/// Follows the coordinator's records: the newest for the list, all of them for the board as it forms.
///
/// Two threads: one that reads, and one that makes the board, less often the longer that takes, so that looking takes
/// no more than some percent of a core from who computes.
final class RecordFeed: Sendable {
    private struct Taken {
        var collection = RecordCollection(bad: .setAside)
        var grids = ServedGrids()
        var changes = 0
        /// Records before the first that was read.
        var skipped = 0
    }

    private let taken = LockedBox(Taken())
    private let state: LiveState
    private let limit: Int
    private let connect: @Sendable () throws -> ClusterClient

    /// - Parameters:
    ///   - state: Where records and boards are published.
    ///   - limit: How many records a board is made of; of a longer store the newest.
    ///   - connect: Greets the coordinator.
    init(state: LiveState, limit: Int, connect: @escaping @Sendable () throws -> ClusterClient) {
        (self.state, self.limit, self.connect) = (state, limit, connect)
    }

    // MARK: Reading

    func read(isStopped: @escaping @Sendable () -> Bool) {
        var position: UInt64?
        while !isStopped() {
            do {
                let client = try connect()
                defer { client.close() }
                client.attend = { () throws(RouteGridError) in
                    if isStopped() { throw RouteGridError(.temporary, "stopped") }
                    return false
                }
                let end = UInt64(clamping: try client.query(.store)["last_sequence"]?.integerValue ?? 0)
                // A store that is shorter than what was read is another one.
                if position.map({ $0 > end }) ?? true {
                    let start = end > UInt64(limit) ? end - UInt64(limit) : 0
                    taken.withLock { $0 = Taken(skipped: Int(clamping: start)) }
                    position = start
                }
                var grids = try ServedGrids(reading: client)
                let first = grids
                taken.withLock { $0.grids = first }
                var asked = ContinuousClock.now
                try client.follow(after: position ?? 0, credit: 512) { message in
                    position = message.last
                    take(message)
                    // What a new run says of its data, and what was selected.
                    if ContinuousClock.now - asked > .seconds(5) {
                        asked = .now
                        if try grids.update(from: client) {
                            let new = grids
                            taken.withLock { $0.grids = new }
                        }
                    }
                    return !isStopped()
                }
            } catch {
                // The other feed says what is wrong; this one comes back.
                for _ in 0..<50 where !isStopped() { usleep(20_000) }
            }
        }
    }

    private func take(_ message: WireRecords) {
        var shown: [LiveRecord] = []
        for item in message.items {
            let place = "record \(item.seq)"
            guard let job = RecordScan.job(of: item.record), let scan = RecordScan(item.record), !scan.isLatency else {
                continue
            }
            shown.append(LiveRecord(sequence: item.seq, json: Self.summary(item.seq, job, scan)))
            taken.withLock { taken in
                guard taken.collection.count < limit else {
                    taken.skipped += 1
                    return
                }
                try? taken.collection.add(item.record, place: place)
                taken.changes += 1
            }
        }
        state.publish(shown)
    }

    private static func summary(_ sequence: UInt64, _ job: JSONValue, _ scan: RecordScan) -> JSONValue {
        func text(_ value: JSONValue?) -> JSONValue {
            guard let value, value != .null else { return .null }
            return .string(SafeText.shortened(SafeText.line(value.stringValue ?? value.jsonText), to: 80))
        }
        return [
            "seq": JSONValue(Int(clamping: sequence)), "job_key": .string(scan.jobKey.hex),
            "dataset": text(job["dataset"]), "router": text(job["router"]?["kind"]), "seed": text(job["seed"]),
            "part": text(job["part"]), "budget": text(job["budget"]),
        ]
    }

    // MARK: The board

    func makeBoards(isStopped: @escaping @Sendable () -> Bool) {
        var made = 0
        while !isStopped() {
            let begun = ContinuousClock.now
            let (now, changes, skipped) = taken.withLock { ($0, $0.changes, $0.skipped) }
            if changes != made {
                made = changes
                state.publish(board: Data(Self.board(now.collection, now.grids, skipped: skipped).jsonText.utf8))
            }
            let pause = max(.seconds(2), (ContinuousClock.now - begun) * 15)
            let next = ContinuousClock.now + pause
            while ContinuousClock.now < next, !isStopped() { usleep(50_000) }
        }
    }

    /// The boards of what is recorded so far, without intervals: those wait for all of it.
    static func board(_ collection: RecordCollection, _ grids: ServedGrids, skipped: Int) -> JSONValue {
        var tables: [JSONValue] = []
        var notes: [String] = []
        let records = collection.records
        for (mode, numerics) in collection.classes {
            let chosen = records.filter { $0.mode == mode && $0.numerics == numerics }
            do throws(RouteGridError) {
                let board = try Leaderboard(chosen, tables: grids.tables, seal: grids.seal, bad: .setAside)
                tables += LiveBoard(board).tables
            } catch { notes.append(SafeText.line(error.message)) }
        }
        if skipped > 0 { notes.append("\(skipped) further records are not shown") }
        return [
            "schema": "routegrid/live-board/v1", "partial": true, "records": JSONValue(collection.count),
            "notes": JSONValue(notes), "tables": .array(tables),
        ]
    }
}
