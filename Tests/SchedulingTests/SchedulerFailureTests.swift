import RouteGridBase
import Scheduling
import Testing

struct SchedulerFailureTests {
    /// A run of one group that is leased to Ann.
    private func oneLease(
        cells: Int = 3,
        policy: (inout RunPolicy) -> Void = { _ in }
    ) throws -> (SchedulerBench, Granted) {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: cells, policy: policy)
        let lease = try #require(bench.join(ann).first)
        return (bench, lease)
    }

    @Test func `a lost worker's cells go back and the crash is blamed on the cell it had started last`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.handle(.started(lease.lease, lease.fence, cell: 1))
        bench.join(bob)
        let commands = bench.pass(6_000, alive: [bob])
        #expect(commands.contains(.workerLost(ann)))
        #expect(bench.granted(commands).map(\.cells) == [[0, 1, 2]])
        #expect(bench.exception(1)?.crashes == 1)
        #expect(bench.exception(1)?.kind == .crash)
        #expect(bench.scheduler.exceptions(of: run1).map(\.cell) == [1])
    }

    @Test func `an expelled worker's cells go back at once and the cell it had started last is blamed`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: 1))
        bench.join(bob)
        let commands = bench.handle(.workerExpelled(ann))
        #expect(bench.granted(commands).map(\.cells) == [[0, 1, 2]])
        #expect(bench.exception(1)?.crashes == 1)
    }

    @Test func `a worker lost before it started anything is blamed on nothing`() throws {
        let (bench, _) = try oneLease()
        #expect(bench.pass(6_000).contains(.workerLost(ann)))
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
    }

    @Test func `a worker lost in the fit is blamed on every cell of the fit`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.pass(6_000)
        #expect(bench.scheduler.exceptions(of: run1).map(\.exception.crashes) == [1, 1, 1])
    }

    @Test func `a recorded cell takes no blame`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.handle(.committed(run1, cell: 0))
        bench.pass(6_000)
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
    }

    @Test func `a slot's crash is blamed on its cell, and then nothing until the next start`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.handle(.failed(lease.lease, lease.fence, cell: 0, .crash, retryable: true, text: "signal 11"))
        #expect(bench.exception(0)?.crashes == 1)
        bench.pass(6_000)
        #expect(bench.scheduler.exceptions(of: run1).map(\.cell) == [0])
        #expect(bench.exception(0)?.crashes == 1)
    }

    @Test func `a worker that leaves is blamed on nothing`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.handle(.workerLeft(ann))
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        #expect(bench.join(bob).map(\.cells) == [[0, 1, 2]])
    }

    @Test func `when the coordinator itself was stopped no worker is lost`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.now += 60_000
        #expect(bench.handle(.tick).isEmpty)
        #expect(bench.pass(10_000, alive: [ann]).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
        // One that sends nothing is lost a lease's time later.
        #expect(bench.pass(6_000).contains(.workerLost(ann)))
    }

    @Test func `a failed cell is tried again after a back-off that doubles, and then it has failed`() throws {
        let (bench, lease) = try oneLease(cells: 1)
        var held = lease
        for wait in [1_000, 2_000] as [Int64] {
            let commands = bench.handle(
                .failed(held.lease, held.fence, cell: 0, .error, retryable: true, text: "no such model")
            )
            #expect(bench.granted(commands).isEmpty)
            #expect(bench.exception(0)?.state == .backingOff)
            #expect(bench.granted(bench.pass(wait - 100, alive: [ann])).isEmpty)
            held = try #require(bench.granted(bench.pass(100, alive: [ann])).first)
        }
        let commands = bench.handle(
            .failed(held.lease, held.fence, cell: 0, .error, retryable: true, text: "no such model")
        )
        #expect(bench.exception(0)?.state == .failed)
        #expect(bench.exception(0)?.attempts == 3)
        #expect(commands.contains(.runChanged(run1, .finished, reason: "")))
    }

    @Test func `a failure that is not retryable is not tried again`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.failed(lease.lease, lease.fence, cell: 2, .error, retryable: false, text: "exit 42"))
        #expect(bench.exception(2)?.state == .failed)
        #expect(bench.exception(2)?.attempts == 1)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `a failed fit fails its cells with one reason`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.failed(lease.lease, lease.fence, cell: nil, .timeout, retryable: true, text: "30 min"))
        #expect(bench.scheduler.exceptions(of: run1).map(\.exception.text) == ["30 min", "30 min", "30 min"])
        #expect(bench.scheduler.leaseCount == 0)
    }

    @Test func `a cell that keeps killing workers is quarantined and the run goes on without it`() throws {
        let (bench, lease) = try oneLease { $0.crashLimit = 3 }
        var held = lease
        for crash in 1...3 {
            #expect(held.cells == [0, 1, 2])
            bench.handle(.started(held.lease, held.fence, cell: 1))
            bench.handle(.failed(held.lease, held.fence, cell: 1, .crash, retryable: true, text: "killed"))
            #expect(bench.exception(1)?.crashes == crash)
            bench.handle(.workerLeft(ann))
            bench.pass(4_000)
            held = try #require(bench.join(ann).first)
        }
        #expect(bench.exception(1)?.state == .quarantined)
        #expect(held.cells == [0, 2])
        #expect(bench.finish(held).contains(.runChanged(run1, .finished, reason: "")))
        #expect(try bench.counts().quarantined == 1)
    }

    @Test func `a run stops when more cells failed than max_fails allows`() throws {
        let (bench, lease) = try oneLease(cells: 4) { $0.maxFails = 1 }
        #expect(bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: false, text: "")).count == 1)
        let commands = bench.handle(.failed(lease.lease, lease.fence, cell: 1, .error, retryable: false, text: ""))
        #expect(commands.contains(.runChanged(run1, .stopped, reason: "2 cells failed and max_fails is 1")))
        #expect(commands.contains(.revoke(ann, lease.lease, lease.fence, cells: [])))
        #expect(bench.granted(bench.pass(10_000, alive: [ann])).isEmpty)
        // What was under way is still taken.
        bench.handle(.committed(run1, cell: 2))
        #expect(try bench.counts().done == 1)
    }

    @Test func `max_fails reached in the crash of a whole fit leaves a run that can be retried and ends`() throws {
        let (bench, lease) = try oneLease(cells: 4) {
            $0.maxFails = 1
            $0.crashLimit = 1
        }
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.handle(.failed(lease.lease, lease.fence, cell: nil, .crash, retryable: true, text: "memory"))
        #expect(try bench.counts().state == .stopped)
        let again = bench.granted(bench.handle(.retry(run1, cells: [])))
        #expect(again.flatMap(\.cells) == [0, 1, 2, 3])
        #expect(bench.finish(again[0]).contains(.runChanged(run1, .finished, reason: "")))
    }

    @Test func `a late success is accepted and counted once`() throws {
        let (bench, lease) = try oneLease()
        bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: false, text: ""))
        #expect(bench.handle(.committed(run1, cell: 0)).contains(.record(run1, cell: 0, nil)))
        bench.handle(.committed(run1, cell: 0))
        let counts = try bench.counts()
        #expect((counts.done, counts.failed, counts.pending, counts.leased) == (1, 0, 0, 2))
    }

    @Test func `a late success takes the cell out of another worker's lease`() throws {
        let (bench, _) = try oneLease()
        bench.join(bob)
        #expect(bench.granted(bench.pass(6_000, alive: [bob])).first?.cells == [0, 1, 2])
        bench.handle(.committed(run1, cell: 1))
        bench.handle(.committed(run1, cell: 0))
        #expect(try bench.counts().leased == 1)
        #expect(bench.handle(.committed(run1, cell: 2)) == [.runChanged(run1, .finished, reason: "")])
    }

    @Test func `a success while the cell backs off ends the back-off`() throws {
        let (bench, lease) = try oneLease(cells: 1)
        bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: true, text: ""))
        let commands = bench.handle(.committed(run1, cell: 0))
        #expect(commands == [.record(run1, cell: 0, nil), .runChanged(run1, .finished, reason: "")])
        #expect(bench.pass(5_000, alive: [ann]).isEmpty)
    }

    @Test func `late failures, starts and releases are fenced`() throws {
        let (bench, old) = try oneLease()
        bench.handle(.workerLeft(ann))
        let new = try #require(bench.join(bob).first)
        bench.handle(.failed(old.lease, old.fence, cell: 0, .error, retryable: false, text: ""))
        bench.handle(.released(old.lease, old.fence, cells: []))
        bench.handle(.started(old.lease, old.fence, cell: 2))
        // The right lease with a wrong fence.
        bench.handle(.failed(new.lease, old.fence, cell: 0, .error, retryable: false, text: ""))
        bench.handle(.released(new.lease, old.fence, cells: []))
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        #expect(bench.scheduler.leases(of: bob) == [new.lease])
        bench.handle(.started(new.lease, new.fence, cell: 1))
        bench.handle(.started(new.lease, old.fence, cell: 2))
        bench.pass(6_000)
        #expect(bench.scheduler.exceptions(of: run1).map(\.cell) == [1])
    }

    @Test func `a failure sent twice is counted once`() throws {
        let (bench, lease) = try oneLease()
        for _ in 0..<2 { bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: true, text: "")) }
        #expect(bench.exception(0)?.attempts == 1)
    }
}
