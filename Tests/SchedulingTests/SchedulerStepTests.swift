import RouteGridBase
import Scheduling
import Testing

/// A worker that says that it lives, and does nothing.
struct SchedulerStepTests {
    private func bench() throws -> (SchedulerBench, Granted) {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 4) { $0.idleMilliseconds = 60_000 }
        return (bench, try #require(bench.join(WorkerID(1)).first))
    }

    @Test func `heartbeats without a step do not hold cells for ever`() throws {
        let (bench, granted) = try bench()
        #expect(!bench.pass(59_000, alive: [granted.worker]).contains(.workerLost(granted.worker)))
        let commands = bench.pass(2_000, alive: [granted.worker])
        #expect(commands.contains(.workerLost(granted.worker)))
        #expect(commands.contains(.revoke(granted.worker, granted.lease, granted.fence, cells: [])))
        #expect(try bench.counts().pending == 4)
        // Nothing is to blame: what ran is not known to have failed.
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        #expect(bench.join(WorkerID(2)).first?.cells == granted.cells)
    }

    @Test(arguments: [0, 1, 2]) func `each step is time for the next`(step: Int) throws {
        let (bench, granted) = try bench()
        for cell in granted.cells.prefix(3) {
            #expect(!bench.pass(50_000, alive: [granted.worker]).contains(.workerLost(granted.worker)))
            switch step {
            case 0: bench.handle(.started(granted.lease, granted.fence, cell: cell))
            case 1: bench.handle(.committed(run1, cell: cell))
            default:
                bench.handle(
                    .failed(granted.lease, granted.fence, cell: cell, .error, retryable: false, text: "why")
                )
            }
        }
        #expect(bench.pass(61_000, alive: [granted.worker]).contains(.workerLost(granted.worker)))
    }

    @Test func `a worker without a lease may be idle for ever, and one beside a full disk too`() throws {
        let (bench, granted) = try bench()
        bench.join(WorkerID(2))
        bench.handle(.storeStalled(true))
        #expect(!bench.pass(200_000, alive: [granted.worker, WorkerID(2)]).contains(.workerLost(granted.worker)))
        bench.handle(.storeStalled(false))
        let commands = bench.pass(200_000, alive: [granted.worker, WorkerID(2)])
        #expect(commands.contains(.workerLost(granted.worker)))
        #expect(bench.scheduler.workerIDs.contains(WorkerID(2)) || !bench.granted(commands).isEmpty)
    }
}
