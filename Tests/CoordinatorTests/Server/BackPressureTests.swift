import Coordinator
import Foundation
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2))) struct BackPressureTests {
    @Test func `workers that send while nothing is read are neither lost nor blamed`() throws {
        let bench = try ServerBench {
            $0.waitingBytes = 1
            $0.heartbeatMilliseconds = 50
            $0.scheduler.leaseMilliseconds = 400
        }
        let run = try bench.submit(groups: 1, cells: 3)
        let worker = try bench.worker()
        let lease = try worker.nextLease()
        try #require(lease.cells.count == 3)
        var started = WireStarted()
        (started.lease, started.fence, started.cell) = (lease.lease, lease.fence, lease.cells[2].cell)
        try worker.say(.started(started))
        let disk = try SlowDisk(bench)
        // The first goes into a commit that lasts, the second waits for the next one and is too much.
        for cell in lease.cells.prefix(2) { try worker.send([MadeUpResult(cell)], of: lease) }
        let end = ContinuousClock.now + .seconds(2)
        var signs = 0
        while ContinuousClock.now < end {
            try worker.heartbeat(lease)
            // It sends `Heartbeat` unasked.
            if (try? worker.next(within: .milliseconds(100), { if case .heartbeat = $0 { true } else { nil } })) != nil
            {
                signs += 1
            }
        }
        #expect(signs > 5)
        disk.goOn()
        #expect(try worker.verdicts(2).values.allSatisfy { $0 == .new })
        #expect(try bench.count("workers_lost") == 0)
        let report = try bench.client().query(.run, "\(run)")
        #expect(report["done"] == 2 && report["leased"] == 1, "\(report)")
        try worker.send([MadeUpResult(lease.cells[2])], of: lease)
        #expect(try worker.verdicts(1).values.allSatisfy { $0 == .new })
        #expect(try bench.client().query(.run, "\(run)")["state"] == "finished")
    }

    @Test func `a worker that sends nothing is lost when reading goes on`() throws {
        let bench = try ServerBench {
            $0.waitingBytes = 1
            $0.heartbeatMilliseconds = 50
            $0.scheduler.leaseMilliseconds = 400
        }
        _ = try bench.submit(groups: 2, cells: 2)
        let (silent, worker) = (try bench.worker(), try bench.worker())
        _ = try silent.nextLease()
        let lease = try worker.nextLease()
        let disk = try SlowDisk(bench)
        for cell in lease.cells { try worker.send([MadeUpResult(cell)], of: lease) }
        _ = try worker.next { if case .heartbeat = $0 { true } else { nil } }
        disk.goOn()
        #expect(try worker.verdicts(2).count == 2)
        // The cells of the lost worker are granted to this one.
        let end = ContinuousClock.now + .seconds(30)
        var other: WireLease?
        while other == nil, ContinuousClock.now < end {
            try worker.say(.heartbeat(WireHeartbeat()))
            other = try? worker.nextLease(within: .milliseconds(100))
        }
        #expect(other?.cells.count == 2)
        #expect(try bench.count("workers_lost") == 1)
        // When it sends again, it has to greet.
        try silent.say(.heartbeat(WireHeartbeat()))
        _ = try silent.next { if case .unknown = $0 { true } else { nil } }
    }
}
