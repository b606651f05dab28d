import Coordinator
import Foundation
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
}
