import RouteGridBase
import Scheduling
import Testing

struct SchedulerRecoveryTests {
    /// A lease of the coordinator's first epoch.
    private let old = Fence(epoch: 1, counter: 7)

    private func held(_ cells: [CellID], counter: UInt32 = 7) -> HeldLease {
        let fence = Fence(epoch: 1, counter: counter)
        return HeldLease(lease: LeaseID(fence.rawValue), fence: fence, run: run1, cells: cells)
    }

    @Test func `held leases go on after a restart and their cells are not granted again`() throws {
        let bench = SchedulerBench(epoch: 2, recovering: true)
        bench.add(run1, groups: 2, of: 3, done: [0])
        bench.join(bob)
        #expect(bench.scheduler.leaseCount == 0)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held([1, 2])]))
        #expect(bench.scheduler.leases(of: ann) == [LeaseID(old.rawValue)])
        let granted = bench.granted(bench.pass(1_500, alive: [ann, bob]))
        #expect(granted.map(\.cells) == [[3, 4, 5]])
        #expect(granted.allSatisfy { $0.fence > old })
        // The old fence still works for it.
        bench.handle(.failed(LeaseID(old.rawValue), old, cell: 2, .error, retryable: false, text: ""))
        #expect(bench.exception(2)?.state == .failed)
    }

    @Test func `a held lease is adopted before its group was looked up`() throws {
        let bench = SchedulerBench(epoch: 2, recovering: true)
        bench.answersLookUps = false
        let lookUps = bench.add(run1, groups: 1, of: 3)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held([0, 1])]))
        #expect(lookUps == [.resolve(run1, groups: 0..<1)])
        bench.handle(.resolved(run1, group: 0, unrecorded: [0, 1, 2], recorded: []))
        #expect(try bench.counts().leased == 2)
        bench.pass(1_500, alive: [ann])
        #expect(bench.join(bob).map(\.cells) == [[2]])
    }

    @Test func `a lease adopted ahead of the cursor and recorded whole lets the run end`() throws {
        var configuration = Scheduler.Configuration()
        configuration.resolveGroups = 1
        let bench = SchedulerBench(epoch: 2, recovering: true, configuration)
        bench.add(run1, groups: 3, of: 1)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held([2])]))
        bench.handle(.committed(run1, cell: 2))
        bench.handle(.committed(run1, cell: 0))
        #expect(bench.handle(.committed(run1, cell: 1)) == [.runChanged(run1, .finished, reason: "")])
    }

    @Test func `adopted leases of every queued group do not stop the look-ahead`() throws {
        var configuration = Scheduler.Configuration()
        configuration.resolveGroups = 2
        let bench = SchedulerBench(epoch: 2, recovering: true, configuration)
        bench.add(run1, groups: 4, of: 1)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held([0], counter: 7), held([1], counter: 8)]))
        bench.pass(1_500, alive: [ann])
        #expect(bench.join(bob).map(\.cells) == [[2]])
    }

    @Test func `a held lease whose cells were all done or granted to others is revoked`() throws {
        let bench = SchedulerBench(epoch: 2, recovering: true)
        bench.add(run1, groups: 1, of: 3, done: [0])
        bench.join(bob)
        bench.pass(1_500, alive: [bob])
        #expect(try bench.counts().leased == 2)
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [held([0, 1, 2])]))
        #expect(commands == [.revoke(ann, LeaseID(old.rawValue), old, cells: [])])
    }

    @Test func `an adopted lease keeps only the cells that are in no other lease`() throws {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 1, of: 4, done: [0])
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [held([0, 1, 2])]))
        let drop = SchedulerCommand.revoke(ann, LeaseID(old.rawValue), old, cells: [0])
        #expect(commands == [drop])
        #expect(bench.join(bob).map(\.cells) == [[3]])
        // Sent again, as the first one may have been lost.
        #expect(bench.handle(.heartbeat(ann, leases: [LeaseID(old.rawValue)])) == [drop])
    }

    @Test func `a held lease is adopted without its cells that have failed`() throws {
        let bench = SchedulerBench(epoch: 2)
        let failed = CellException(state: .failed, attempts: 3, crashes: 0, kind: .error, text: "x")
        bench.add(run1, groups: 1, of: 3, exceptions: [1: failed])
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [held([0, 1, 2])]))
        #expect(commands == [.revoke(ann, LeaseID(old.rawValue), old, cells: [1])])
        #expect(try bench.counts().leased == 2)
    }

    @Test(arguments: [[], [99], [-1]])
    func `a held lease that cannot be is revoked`(cells: [CellID]) {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 1, of: 4)
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [held(cells)]))
        #expect(commands == [.revoke(ann, LeaseID(old.rawValue), old, cells: [])])
    }

    @Test func `a lease whose number was not granted yet is not adopted`() throws {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 3, of: 1)
        let first = try #require(bench.join(bob).first)
        let next = Fence(first.fence.rawValue + 1)
        let claim = HeldLease(lease: LeaseID(next.rawValue), fence: next, run: run1, cells: [2])
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [claim]))
        #expect(commands == [.revoke(ann, claim.lease, claim.fence, cells: [])])
        // The next lease is its worker's alone.
        bench.handle(.committed(run1, cells: first.cells))
        #expect(bench.scheduler.leases(of: ann).isEmpty)
        #expect(bench.scheduler.leases(of: bob) == [claim.lease])
    }

    @Test func `an adopted lease blames nothing until its worker reports what runs`() throws {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 1, of: 3)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held([0, 1, 2])]))
        bench.pass(6_000)
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
    }

    @Test func `nothing is stolen from an adopted lease until its worker reports what runs`() throws {
        let bench = SchedulerBench(epoch: 2)
        bench.add(run1, groups: 2, of: 20)
        bench.handle(.workerJoined(ann, numerics: [""], held: [held(Array(0..<20))]))
        let lease = try #require(bench.join(bob).first)
        _ = bench.finish(lease, each: 400)
        #expect(bench.granted(bench.pass(2_000, alive: [ann, bob])).isEmpty)
        bench.handle(.started(LeaseID(old.rawValue), old, cell: 0))
        #expect(!bench.granted(bench.pass(100, alive: [ann, bob])).isEmpty)
    }

    @Test func `a worker that was lost and comes back keeps cells that were not granted again`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 3)
        let lease = try #require(bench.join(ann).first)
        #expect(bench.pass(6_000).contains(.workerLost(ann)))
        let mine = HeldLease(lease: lease.lease, fence: lease.fence, run: run1, cells: lease.cells)
        #expect(bench.handle(.workerJoined(ann, numerics: [""], held: [mine])).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `a lease cannot be claimed by two workers`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 3)
        let lease = try #require(bench.join(ann).first)
        let claim = HeldLease(lease: lease.lease, fence: lease.fence, run: run1, cells: lease.cells)
        let commands = bench.handle(.workerJoined(bob, numerics: [""], held: [claim]))
        #expect(commands == [.revoke(bob, lease.lease, lease.fence, cells: [])])
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `fences grow over restarts`() throws {
        let first = SchedulerBench(epoch: 1)
        first.add(run1, groups: 1, of: 1)
        let second = SchedulerBench(epoch: 2)
        second.add(run1, groups: 1, of: 1)
        let before = try #require(first.join(ann).first)
        let after = try #require(second.join(ann).first)
        #expect(before.fence < after.fence)
    }

    @Test func `counters survive a restart and a back-off ends with it`() throws {
        let bench = SchedulerBench(epoch: 2)
        let failed = CellException(state: .failed, attempts: 3, crashes: 0, kind: .error, text: "x")
        let waiting = CellException(state: .backingOff, attempts: 2, crashes: 1, kind: .error, text: "x")
        bench.add(run1, groups: 1, of: 3, exceptions: [0: failed, 1: waiting])
        let lease = try #require(bench.join(ann).first)
        #expect(lease.cells == [1, 2])
        bench.handle(.failed(lease.lease, lease.fence, cell: 1, .error, retryable: true, text: "y"))
        #expect(bench.exception(1)?.attempts == 3)
        #expect(bench.exception(1)?.state == .failed)
        #expect(try bench.counts().failed == 2)
    }

    @Test func `an exception that its record outlived is taken away at start`() throws {
        let bench = SchedulerBench(epoch: 2)
        let failed = CellException(state: .failed, attempts: 3, crashes: 0, kind: .error, text: "x")
        let commands = bench.add(run1, groups: 1, of: 2, done: [0, 1], exceptions: [1: failed])
        #expect(commands == [.record(run1, cell: 1, nil), .runChanged(run1, .finished, reason: "")])
        #expect(try bench.counts().failed == 0)
    }
}
