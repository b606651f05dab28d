import Coordinator
import Foundation
import GRDB
import RouteGridBase
import TestSupport
import Testing
import Wire

/// What a coordinator still has when it is started again.
@Suite(.timeLimit(.minutes(2))) struct RestartTests {
    @Test func `counters, states and priorities are those of the epoch before`() throws {
        let first = try ServerBench()
        let limits: [String: JSONValue] = ["retries": 0, "crash_limit": 2]
        let run = try first.submit(groups: 1, cells: 4, limits: limits, priority: 4)
        let other = try first.submit(groups: 1, cells: 1, priority: 3)
        #expect(try first.client().control(.pause, "\(other)") == "pause")
        let worker = try first.worker()
        let lease = try worker.nextLease()
        let cells = lease.cells.map(\.cell)
        try worker.fail(cells[0], of: lease, .error, isRetryable: false, log: "first words")
        try worker.fail(cells[1], of: lease, .crash)
        try worker.fail(cells[2], of: lease, .error, isRetryable: false)
        try worker.settle()
        #expect(try first.report(run)["failed"] == 2)
        try first.client().control(.retry, "\(run)", value: String(cells[2]))
        try first.client().control(.priority, "\(run)", value: "7")

        let second = try first.restarted()
        #expect(try second.report(run)["priority"] == 7 && second.report(other)["priority"] == 3)
        #expect(try second.report(other)["state"] == "paused")
        #expect(try second.report(run)["failed"] == 1, "one was retried")
        let failed = try second.explain(cells[0], of: run)
        #expect(failed["standing"] == "failed" && failed["attempts"] == 1 && failed["log"] == "first words")
        // The second crash of the cell, counted over both epochs.
        let again = try second.worker()
        var next = try again.nextLease()
        while !next.cells.map(\.cell).contains(cells[1]) { next = try again.nextLease() }
        try again.fail(cells[1], of: next, .crash)
        try again.settle()
        let crashed = try second.explain(cells[1], of: run)
        #expect(crashed["standing"] == "quarantined" && crashed["crashes"] == 2, "\(crashed)")

        let third = try second.restarted()
        #expect(try third.explain(cells[1], of: run)["standing"] == "quarantined")
        third.stop()
        let queue = try DatabaseQueue(path: third.folder.path("state/records.sqlite"))
        let actions = try queue.read { try String.fetchAll($0, sql: "SELECT action FROM audit ORDER BY id") }
        #expect(actions == ["pause", "retry", "priority"])
    }

    @Test func `a run of earlier revisions ends with the reason, one that was over stays, and others are served`()
        throws
    {
        let first = try ServerBench()
        let old = try first.submit(groups: 1, cells: 2)
        let over = try first.submit(groups: 1, cells: 3)
        try first.client().control(.cancel, "\(over)")
        let own = try first.submit(groups: 1, cells: 4)
        first.stop()
        let queue = try DatabaseQueue(path: first.folder.path("state/records.sqlite"))
        try queue.write { database in
            for run in [old, over] {
                let lock = try Data.fetchOne(
                    database,
                    sql: "SELECT lock FROM run WHERE id = ?",
                    arguments: [Int64(run.rawValue)]
                )
                let text = String(decoding: lock ?? Data(), as: UTF8.self)
                    .replacing(/"metrics_revision":\d+/, with: "\"metrics_revision\":1")
                try database.execute(
                    sql: "UPDATE run SET lock = ? WHERE id = ?",
                    arguments: [Data(text.utf8), Int64(run.rawValue)]
                )
            }
        }
        try queue.close()
        let second = try first.restarted()
        #expect(try second.report(old)["state"] == "cancelled" && second.report(over)["state"] == "cancelled")
        let reason = try second.report(old)["reason"]?.stringValue ?? ""
        #expect(reason.hasPrefix("frozen under metrics revision 1 (now "), "\(reason)")
        #expect(reason.hasSuffix("): submit the grid again"), "\(reason)")
        #expect(try second.worker().nextLease().runID == own)
        #expect(try second.restarted().report(old)["state"] == "cancelled")
    }

    @Test func `a worker goes on with its lease, without what was recorded, and no other gets it meanwhile`() throws {
        let first = try ServerBench()
        let run = try first.submit(groups: 1, cells: 3)
        let boot = WireProtocol.makeBootID()
        let worker = try first.worker(boot: boot)
        let lease = try worker.nextLease()
        let cells = lease.cells.map(\.cell)
        try worker.send([MadeUpResult(lease.cells[0])], of: lease)
        _ = try worker.verdicts(1)

        let second = try first.restarted()
        let eager = try second.worker()
        let isSpared = eager.isSpared { if case .lease = $0 { true } else { nil } }
        #expect(isSpared, "nothing is granted before workers could name what they hold")
        let back = try PlayedPeer(second.url, role: .worker, boot: boot, holding: [(lease, cells)])
        let revoked = try back.next { if case .revoke(let revoke) = $0 { revoke } else { nil } }
        #expect(revoked.lease == lease.lease && revoked.cells == [cells[0]])
        #expect(try second.report(run)["leased"] == 2 && second.report(run)["done"] == 1)
        try back.send(lease.cells.dropFirst().map { try MadeUpResult($0) }, of: lease)
        #expect(try back.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try second.report(run)["state"] == "finished")
    }

    @Test func `a process that connects again is one worker, and keeps its lease`() throws {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: 2)
        let boot = WireProtocol.makeBootID()
        let worker = try bench.worker(boot: boot)
        let lease = try worker.nextLease()
        let again = try PlayedPeer(
            bench.url,
            role: .worker,
            boot: boot,
            holding: [(lease, lease.cells.map(\.cell))]
        )
        let workers = try #require(try bench.client().query(.workers)["workers"]?.arrayValue)
        #expect(workers.map { $0["worker"] } == ["w1"] && workers.map { $0["leases"] } == [1], "\(workers)")
        try again.send(try lease.cells.map { try MadeUpResult($0) }, of: lease)
        #expect(try again.verdicts(2).count == 2)
        #expect(try bench.report(run)["state"] == "finished")
        // The old connection belongs to no peer.
        try worker.say(.heartbeat(WireHeartbeat()))
        _ = try worker.next { if case .unknown = $0 { true } else { nil } }
    }
}
