import Coordinator
import Foundation
import Grid
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

/// What a peer says about leases, processes and connections that are not its own changes nothing.
@Suite(.timeLimit(.minutes(2))) struct AuthorityTests {
    /// A worker that holds a lease of two cells, and another worker, on a coordinator on which nothing expires.
    private func pair() throws -> (
        bench: ServerBench, run: RunID, holder: PlayedPeer, lease: WireLease, other: PlayedPeer
    ) {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 3_600_000 }
        let run = try bench.submit(groups: 1, cells: 2)
        let holder = try bench.worker()
        let lease = try holder.nextLease()
        try #require(lease.cells.count == 2)
        return (bench, run, holder, lease, try bench.worker())
    }

    @Test func `another worker cannot fail, start or release a lease that it does not hold`() throws {
        let (bench, run, holder, lease, other) = try pair()
        for cell in [nil] + lease.cells.map(Optional.some) {
            try other.fail(cell?.cell, of: lease, isRetryable: false)
        }
        var release = WireRelease()
        (release.leaseID, release.leaseFence) = (lease.leaseID, lease.leaseFence)
        try other.say(.release(release))
        var started = WireStarted()
        (started.leaseID, started.leaseFence) = (lease.leaseID, lease.leaseFence)
        try other.say(.started(started))
        try other.settle()
        let report = try bench.report(run)
        #expect(report["failed"] == 0 && report["leased"] == 2, "\(report)")
        try holder.send(lease.cells.map { try MadeUpResult($0) }, of: lease)
        #expect(try holder.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try bench.report(run)["state"] == "finished")
    }

    @Test func `a result for a lease that another worker holds is refused`() throws {
        let (bench, run, holder, lease, other) = try pair()
        try other.send(lease.cells.map { try MadeUpResult($0, says: "forged") }, of: lease)
        #expect(try other.verdicts(2).values.allSatisfy { $0 == .refused })
        #expect(try bench.report(run)["done"] == 0)
        try holder.send(lease.cells.map { try MadeUpResult($0) }, of: lease)
        #expect(try holder.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try bench.client().query(.divergences)["divergences"]?.arrayValue?.isEmpty == true)
    }

    @Test func `a connection cannot greet as another process, or in another role`() throws {
        let bench = try ServerBench()
        let worker = try bench.worker()
        var hello = WireHello()
        (hello.protocol, hello.role, hello.boot) = (
            WireProtocol.version, .client, Data(WireProtocol.makeBootID())
        )
        try worker.say(.hello(hello))
        #expect(try worker.refusal().text.contains("greeted as another process"))
        #expect(try bench.client().query(.workers)["workers"]?.arrayValue?.count == 1)
    }

    // MARK: Grants

    /// A lease that the coordinator never sent.
    private func forged(_ lease: WireLease, id: UInt64 = 0) -> WireLease {
        var forged = lease
        (forged.lease, forged.fence) = (id, id)
        return forged
    }

    @Test func `results of cells that were never granted are refused, and their cells are granted afterwards`() throws {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 3_600_000 }
        let run = try bench.submit(groups: 2, cells: 2)
        let holder = try bench.worker()
        let lease = try holder.nextLease()
        // Another run of the same cells tells the forger their keys, as the grid itself would.
        let jobs = try GridLock(parsing: SmallLock.bytes(groups: 2, cells: 2)).jobs(ofGroup: 1)
        let forger = try bench.worker(credit: 0)
        let results = try jobs.map { job -> MadeUpResult in
            var cell = WireLeasedCell()
            (cell.cell, cell.jobKey) = (UInt64(job.cell.rawValue), Data(job.jobKey.bytes))
            return try MadeUpResult(cell, says: "forged")
        }
        for id in [0, lease.lease &+ 1] as [UInt64] {
            try forger.send(results, of: forged(lease, id: id))
            #expect(try forger.verdicts(2).values.allSatisfy { $0 == .refused })
        }
        #expect(try bench.report(run)["done"] == 0 && bench.report(run)["failed"] == 0)
        #expect(try bench.count("messages_refused") == 2)
        try holder.send(lease.cells.map { try MadeUpResult($0) }, of: lease)
        _ = try holder.verdicts(2)
        let next = try holder.nextLease()
        try holder.send(next.cells.map { try MadeUpResult($0) }, of: next)
        #expect(try holder.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try bench.report(run)["state"] == "finished")
        #expect(try bench.client().query(.divergences)["divergences"]?.arrayValue?.isEmpty == true)
    }

    @Test func `a greeting does not adopt cells that were never granted`() throws {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 3_600_000 }
        let run = try bench.submit(groups: 2, cells: 2)
        let lease = try bench.worker().nextLease()
        let thief = try PlayedPeer(bench.url, role: .worker, holding: [(forged(lease), [2, 3])])
        let revoked = try thief.next { if case .revoke(let revoke) = $0 { revoke } else { nil } }
        #expect(revoked.lease == 0)
        #expect(try bench.report(run)["leased"] == 2)
        // They are there for whoever asks.
        #expect(try bench.worker().nextLease().cells.map(\.cell) == [2, 3])
    }

    @Test func `lease ids are no numbers that can be counted`() throws {
        let bench = try ServerBench { $0.scheduler.leaseMilliseconds = 3_600_000 }
        _ = try bench.submit(groups: 3, cells: 1)
        let worker = try bench.worker(credit: 3)
        let leases = try (0..<3).map { _ in try worker.nextLease() }
        #expect(Set(leases.map { $0.lease >> 32 }).count == 3)
        #expect(leases.allSatisfy { $0.lease != $0.fence })
    }

    @Test func `a late success is welcome after a restart, and refused when the grants are gone`() throws {
        let first = try ServerBench()
        let run = try first.submit(groups: 1, cells: 2)
        let worker = try first.worker()
        let lease = try worker.nextLease()
        let results = try lease.cells.map { try MadeUpResult($0) }
        // Its lease has ended with the old coordinator, and it did not say that it holds it.
        let second = try first.restarted()
        let late = try second.worker(credit: 0)
        try late.send([results[0]], of: lease)
        #expect(try late.verdicts(1).values.allSatisfy { $0 == .new })
        let third = try second.restarted { try AlteredState.forgetGrants(in: $0) }
        let refused = try PlayedPeer(third.url, role: .worker, holding: [(lease, lease.cells.map(\.cell))])
        let revoked = try refused.next { if case .revoke(let revoke) = $0 { revoke } else { nil } }
        #expect(revoked.lease == lease.lease)
        try refused.send([results[1]], of: lease)
        #expect(try refused.verdicts(1).values.allSatisfy { $0 == .refused })
        #expect(try third.report(run)["done"] == 1 && third.report(run)["failed"] == 0)
        let again = try third.worker()
        let rest = try again.nextLease()
        #expect(rest.cells.map(\.cell) == [lease.cells[1].cell])
        try again.send([results[1]], of: rest)
        #expect(try again.verdicts(1).values.allSatisfy { $0 == .new })
        #expect(try third.report(run)["state"] == "finished")
    }

    @Test func `only the key that was granted a cell delivers it, and the key that took its place`() throws {
        let folder = try TemporaryFolder()
        let keys = try ServerBench.keys(["owner", "other"], in: folder)
        let (owner, other, successor) = (keys[0], keys[1], keys[2])
        let bench = try ServerBench(in: folder) {
            $0.usesKeys = true
            $0.scheduler.leaseMilliseconds = 3_600_000
        }
        let run = try bench.submit(groups: 1, cells: 3)
        let holder = try bench.worker(security: owner)
        let lease = try holder.nextLease()
        try #require(lease.cells.count == 3)
        try holder.send([MadeUpResult(lease.cells[0])], of: lease)
        #expect(try holder.verdicts(1).values.allSatisfy { $0 == .new })
        // Nobody holds the lease any more.
        try holder.leave()
        let thief = try bench.worker(credit: 0, security: other)
        try thief.send([MadeUpResult(lease.cells[1], says: "forged")], of: lease)
        #expect(try thief.verdicts(1).values.allSatisfy { $0 == .refused })
        let sibling = try bench.worker(credit: 0, security: owner)
        try sibling.send([MadeUpResult(lease.cells[1])], of: lease)
        #expect(try sibling.verdicts(1).values.allSatisfy { $0 == .new })
        let heir = try bench.worker(credit: 0, security: successor)
        try heir.send([MadeUpResult(lease.cells[2])], of: lease)
        #expect(try heir.verdicts(1).values.allSatisfy { $0 == .new })
        #expect(try bench.report(run)["state"] == "finished")
    }

    // MARK: Records

    @Test func `a record that is not its cell's is refused, the cell is pending again, and a third one is the end`()
        throws
    {
        let bench = try ServerBench {
            $0.checksRecords = true
            $0.scheduler.leaseMilliseconds = 3_600_000
        }
        let run = try bench.submit(groups: 1, cells: 3)
        let forger = try bench.worker()
        let lease = try forger.nextLease()
        try forger.send(lease.cells.prefix(2).map { try MadeUpResult($0) }, of: lease)
        #expect(try forger.verdicts(2).values.allSatisfy { $0 == .refused })
        let report = try bench.report(run)
        #expect(report["done"] == 0 && report["failed"] == 0 && report["backing_off"] == 0, "\(report)")
        #expect(try bench.client().query(.store)["records"] == 0)
        try forger.send([MadeUpResult(lease.cells[2])], of: lease)
        #expect(try forger.verdicts(1).values.allSatisfy { $0 == .refused })
        try forger.say(.heartbeat(WireHeartbeat()))
        _ = try forger.next { if case .unknown = $0 { true } else { nil } }
        try forger.greet()
        #expect(try forger.refusal().text.contains("expelled"))
        #expect(try bench.count("records_inconsistent") == 3)
        let honest = try bench.worker()
        #expect(try honest.nextLease().cells.count == 3)
    }
}
