import RouteGridBase
import Scheduling
import Testing

struct SchedulerRunTests {
    @Test func `a paused run keeps its leases and gets no more until it is resumed`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 1)
        let lease = try #require(bench.join(ann).first)
        #expect(bench.handle(.runPaused(run1)) == [.runChanged(run1, .paused, reason: "")])
        #expect(bench.finish(lease).isEmpty)
        #expect(bench.pass(2_000, alive: [ann]).isEmpty)
        #expect(bench.granted(bench.handle(.runResumed(run1))).map(\.cells) == [[1]])
    }

    @Test func `a paused run gets nothing while another is served`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 1, state: .paused) { $0.priority = 9 }
        bench.add(run2, groups: 3, of: 1)
        // Its cells are looked up and pending, and it is paused after that.
        bench.handle(.runResumed(run1))
        bench.handle(.runPaused(run1))
        var leases = bench.join(ann)
        var served: [RunID] = []
        while let lease = leases.first {
            served.append(lease.run)
            leases = bench.granted(bench.finish(lease))
        }
        #expect(served == [run2, run2, run2])
    }

    @Test func `a run that was recorded whole while paused ends when it is resumed`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 1)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.runPaused(run1))
        #expect(bench.finish(lease).isEmpty)
        #expect(bench.handle(.runResumed(run1)).last == .runChanged(run1, .finished, reason: ""))
    }

    @Test func `a cancelled run takes its leases back, stays cancelled, and still takes what was under way`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 2)
        let lease = try #require(bench.join(ann).first)
        #expect(
            bench.handle(.runCancelled(run1, reason: "wrong data")) == [
                .runChanged(run1, .cancelled, reason: "wrong data"),
                .revoke(ann, lease.lease, lease.fence, cells: []),
            ]
        )
        for event in [.runResumed(run1), .runPaused(run1), .retry(run1, cells: [])] as [SchedulerEvent] {
            #expect(bench.handle(event).isEmpty)
        }
        bench.handle(.committed(run1, cell: lease.cells[0]))
        #expect(bench.pass(3_000, alive: [ann]).isEmpty)
        #expect(try bench.counts().state == .cancelled)
        #expect(try bench.counts().done == 1)
    }

    @Test func `a run loaded as cancelled grants nothing`() {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 3, of: 2, state: .cancelled)
        #expect(bench.join(ann).isEmpty)
    }

    @Test func `a retry starts failed cells with fresh counters`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 1)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: false, text: ""))
        bench.handle(.committed(run1, cell: 1))
        #expect(try bench.counts().state == .finished)
        let commands = bench.handle(.retry(run1, cells: [0, 1]))
        #expect(commands.prefix(2) == [.record(run1, cell: 0, nil), .runChanged(run1, .active, reason: "retry")])
        let again = try #require(bench.granted(commands).first)
        bench.handle(.failed(again.lease, again.fence, cell: 0, .error, retryable: true, text: ""))
        #expect(bench.exception(0)?.attempts == 1)
    }

    @Test func `a retry of a run loaded as finished finds its cells again`() throws {
        let bench = SchedulerBench(epoch: 2)
        let failed = CellException(state: .quarantined, attempts: 0, crashes: 5, kind: .crash, text: "x")
        bench.add(run1, groups: 2, of: 2, state: .finished, done: [0, 1, 2], exceptions: [3: failed])
        bench.join(ann)
        #expect(bench.granted(bench.handle(.retry(run1, cells: []))).map(\.cells) == [[3]])
    }

    @Test func `a run of higher priority goes first, and priorities can change`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 4, of: 1)
        bench.add(run2, groups: 4, of: 1) { $0.priority = 5 }
        var lease = try #require(bench.join(ann).first)
        #expect(lease.run == run2)
        lease = try #require(bench.granted(bench.finish(lease)).first)
        #expect(lease.run == run2)
        bench.handle(.runPriority(run1, 9))
        #expect(bench.granted(bench.finish(lease)).map(\.run) == [run1])
    }

    @Test func `runs of one priority share the workers`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 100, of: 1)
        bench.add(run2, groups: 100, of: 1)
        var runs: [RunID] = []
        for worker in 1...10 { runs += bench.join(WorkerID(UInt64(worker))).map(\.run) }
        #expect(runs.count { $0 == run1 } == 5)
    }

    @Test func `runs of one priority take turns at a single worker`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 100, of: 1)
        bench.add(run2, groups: 100, of: 1)
        var lease = try #require(bench.join(ann).first)
        var runs = [lease.run]
        for _ in 0..<9 {
            lease = try #require(bench.granted(bench.finish(lease)).first)
            runs.append(lease.run)
        }
        #expect(runs.count { $0 == run1 } == 5)
    }

    @Test func `a run that waits for another class does not hold up the others`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 1) {
            $0.priority = 9
            $0.numerics = "other"
        }
        bench.add(run2, groups: 2, of: 1)
        #expect(bench.join(ann).map(\.run) == [run2])
    }

    @Test func `standing shows where a cell is and what it waits for`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 2) { $0.numerics = "a" }
        #expect(bench.scheduler.standing(of: 0, in: run1) == .waiting(reason: "no worker is connected"))
        bench.join(bob, numerics: ["b"])
        #expect(
            bench.scheduler.standing(of: 0, in: run1)
                == .waiting(reason: "no connected worker can be of numerics class a")
        )
        let lease = try #require(bench.join(ann, numerics: ["a"]).first)
        #expect(bench.scheduler.standing(of: 0, in: run1) == .leased(ann, lease.lease, isRunning: false))
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        #expect(bench.scheduler.standing(of: 0, in: run1) == .leased(ann, lease.lease, isRunning: true))
        #expect(bench.scheduler.standing(of: 2, in: run1) == .waiting(reason: "every able worker is busy"))
        bench.handle(.committed(run1, cell: 0))
        #expect(bench.scheduler.standing(of: 0, in: run1) == .recorded)
        bench.handle(.failed(lease.lease, lease.fence, cell: 1, .memory, retryable: false, text: "2 GiB"))
        guard case .excepted(let exception) = bench.scheduler.standing(of: 1, in: run1) else {
            Issue.record("cell 1 has failed")
            return
        }
        #expect(exception.kind == .memory)
        #expect(bench.scheduler.standing(of: 4, in: run1) == .noSuchCell)
    }

    @Test func `measurements wait until every other cell of their run is over, those that are tried again among them`()
        throws
    {
        let bench = SchedulerBench()
        bench.add(run1, groups: 4, of: 1, measurements: 2)
        let (first, second) = (try #require(bench.join(ann).first), try #require(bench.join(bob).first))
        #expect(bench.granted(bench.finish(first)).isEmpty)
        #expect(bench.granted(bench.pass(2_000, alive: [ann, bob])).isEmpty)
        let failed = bench.handle(
            .failed(second.lease, second.fence, cell: 1, .error, retryable: true, text: "")
        )
        #expect(bench.granted(failed).isEmpty)
        let again = try #require(bench.granted(bench.pass(1_100, alive: [ann, bob])).first)
        #expect(again.cells == [1])
        let measuring = bench.granted(bench.finish(again))
        #expect(measuring.map(\.cells) == [[2], [3]])
        #expect(Set(measuring.map(\.worker)) == [ann, bob])
        #expect(bench.finish(measuring[0]).isEmpty)
        #expect(bench.finish(measuring[1]).last == .runChanged(run1, .finished, reason: ""))
    }

    @Test func `a run loaded with its cells recorded goes on with its measurements`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 5, of: 2, measurements: 2, done: [0, 1, 2, 3, 4, 5, 6])
        #expect(bench.join(ann).map(\.cells) == [[7]])
    }
}
