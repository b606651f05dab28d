import RouteGridBase
import Scheduling
import Testing

struct SchedulerLeaseTests {
    @Test func `a run is leased group by group and ends when every cell is recorded`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 4)
        var leases = bench.join(ann)
        var order: [[CellID]] = []
        var last: [SchedulerCommand] = []
        while let lease = leases.first {
            #expect(leases.count == 1)
            order.append(lease.cells)
            last = bench.finish(lease)
            leases = bench.granted(last)
        }
        #expect(order == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
        #expect(last == [.runChanged(run1, .finished, reason: "")])
        #expect(try bench.counts().done == 12)
    }

    @Test func `credit is respected and can grow`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 10, of: 2)
        #expect(bench.join(ann, credit: 2).count == 2)
        #expect(bench.granted(bench.handle(.credit(ann, 2))).isEmpty)
        #expect(bench.granted(bench.handle(.credit(ann, 5))).count == 3)
        #expect(bench.granted(bench.handle(.credit(ann, 0))).isEmpty)
        #expect(bench.scheduler.leases(of: ann).count == 5)
    }

    @Test func `a worker without credit gets nothing`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 10, of: 2)
        #expect(bench.granted(bench.handle(.workerJoined(ann, numerics: [""], held: []))).isEmpty)
    }

    @Test func `idle workers are served before anybody holds two leases`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 4, of: 1, state: .paused)
        bench.join(ann, credit: 3)
        bench.join(bob, credit: 3)
        let granted = bench.granted(bench.handle(.runResumed(run1)))
        #expect(granted.map(\.worker) == [ann, bob, ann, ann])
    }

    @Test func `cells that have records are never leased`() throws {
        let bench = SchedulerBench()
        bench.recorded[run1] = [1, 2]
        bench.add(run1, groups: 2, of: 3, done: [3, 4, 5])
        let lease = try #require(bench.join(ann).first)
        #expect(lease.cells == [0])
        #expect(bench.finish(lease).contains(.runChanged(run1, .finished, reason: "")))
        #expect(try bench.counts().reused == 2)
        #expect(try bench.counts().done == 6)
    }

    @Test func `a run whose cells all have records ends without a lease`() {
        let bench = SchedulerBench()
        bench.recorded[run1] = Set(0..<6)
        #expect(bench.add(run1, groups: 2, of: 3) == [.runChanged(run1, .finished, reason: "")])
    }

    @Test func `look-ups go in pieces and stay ahead of the workers`() {
        var configuration = Scheduler.Configuration()
        configuration.resolveGroups = 8
        let bench = SchedulerBench(configuration)
        bench.answersLookUps = false
        let commands = bench.add(run1, groups: 100, of: 1)
        #expect(commands == [.resolve(run1, groups: 0..<8)])
        #expect(bench.handle(.tick).isEmpty)
    }

    @Test func `leases shrink to what takes the target time`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 100)
        let first = try #require(bench.join(ann).first)
        #expect(first.cells.count == 100)
        let second = try #require(bench.granted(bench.finish(first, each: 500)).first)
        #expect(second.cells.count == 4)
    }

    @Test func `records that come together give how long each took, and the first of a lease how long its fit`() throws
    {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 256)
        let first = try #require(bench.join(ann).first)
        bench.handle(.started(first.lease, first.fence, cell: nil))
        bench.now += 3_000
        bench.handle(.committed(run1, cells: Array(0..<16)))
        bench.now += 320
        bench.handle(.committed(run1, cells: Array(16..<32)))
        bench.now += 224 * 20
        // 20 ms each, whatever the fit took: a hundred fill the target time.
        let next = bench.granted(bench.handle(.committed(run1, cells: Array(32..<256))))
        #expect(next.map(\.cells.count) == [100])
    }

    @Test func `the rest of the last group is shared out, and no lease is too small for its overhead`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 1_000)
        let anns = try #require(bench.join(ann).first)
        bench.handle(.started(anns.lease, anns.fence, cell: nil))
        bench.handle(.committed(run1, cells: [0]))
        bench.now += 100
        bench.handle(.committed(run1, cells: Array(1...100)))
        // 1 ms each: bob, and ann after him, get half of what waits, but at least what takes 20 ms.
        var sizes = bench.join(bob).map(\.cells.count)
        for _ in 0..<8 { sizes += bench.join(WorkerID(UInt64(9 + sizes.count)), credit: 10).map(\.cells.count) }
        #expect(sizes.first == 256)
        #expect(sizes.dropLast().allSatisfy { $0 >= 20 } && sizes.contains(20))
        #expect(sizes.reduce(0, +) == 744)
    }

    @Test func `the last group is not cut where its fit would be made for each part`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 100)
        let first = try #require(bench.join(ann, credit: 1).first)
        bench.handle(.workerJoined(bob, numerics: ["other"], held: []))
        bench.handle(.credit(bob, 50))
        bench.handle(.started(first.lease, first.fence, cell: nil))
        bench.handle(.committed(run1, cells: [0]))
        bench.now += 9
        bench.handle(.committed(run1, cells: Array(1...9)))
        bench.now += 90
        let second = try #require(bench.granted(bench.handle(.committed(run1, cells: Array(10..<100)))).first)
        #expect(second.cells.count == 100)
    }

    @Test func `the rest of a group goes to the worker that has its fit`() throws {
        var configuration = Scheduler.Configuration()
        configuration.maximumCells = 2
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 2, of: 4)
        let anns = try #require(bench.join(ann).first)
        let bobs = try #require(bench.join(bob).first)
        #expect(anns.cells == [0, 1])
        #expect(bobs.cells == [4, 5])
        #expect(bench.granted(bench.finish(bobs)).map(\.cells) == [[6, 7]])
        #expect(bench.granted(bench.finish(anns)).map(\.cells) == [[2, 3]])
    }

    @Test func `the rest of a group goes to others when the worker that has its fit leaves`() throws {
        var configuration = Scheduler.Configuration()
        configuration.maximumCells = 2
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 1, of: 4)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.credit(ann, 0))
        #expect(bench.granted(bench.finish(lease)).isEmpty)
        bench.handle(.workerLeft(ann))
        #expect(bench.join(bob).map(\.cells) == [[2, 3]])
    }

    @Test func `a worker with nothing else to do gets a part of another's group`() throws {
        var configuration = Scheduler.Configuration()
        configuration.maximumCells = 2
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 1, of: 4)
        bench.join(ann)
        #expect(bench.join(bob).map(\.cells) == [[2, 3]])
    }

    @Test func `released cells go back and nothing is counted`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 4)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.credit(ann, 0))
        bench.handle(.released(lease.lease, lease.fence, cells: [2, 3]))
        #expect(bench.join(bob).map(\.cells) == [[2, 3]])
        bench.handle(.released(lease.lease, lease.fence, cells: []))
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        #expect(bench.scheduler.leases(of: ann).isEmpty)
        // Sent twice: fenced.
        bench.handle(.released(lease.lease, lease.fence, cells: []))
        #expect(bench.scheduler.leaseCount == 1)
    }

    @Test func `a grant lost in transit returns after a lease's time without blame`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 2)
        let lease = try #require(bench.join(ann).first)
        var commands: [SchedulerCommand] = []
        for _ in 0..<60 where bench.granted(commands).isEmpty {
            bench.now += 100
            commands = bench.handle(.heartbeat(ann, leases: [])) + bench.handle(.tick)
        }
        let again = try #require(bench.granted(commands).first)
        #expect(again.cells == lease.cells)
        #expect(again.fence > lease.fence)
        #expect(bench.now > 5_000)
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        // The worker names the lost one after all: it is revoked.
        #expect(
            bench.handle(.heartbeat(ann, leases: [lease.lease])) == [.revoke(ann, lease.lease, Fence(0), cells: [])]
        )
    }

    @Test func `a lease that is named goes on however long it takes`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 2)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        #expect(bench.pass(3_600_000, alive: [ann]).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `nothing is granted while the store is stalled`() {
        let bench = SchedulerBench()
        bench.handle(.storeStalled(true))
        bench.add(run1, groups: 2, of: 2)
        #expect(bench.join(ann).isEmpty)
        #expect(bench.granted(bench.pass(1_000, alive: [ann])).isEmpty)
        #expect(bench.granted(bench.handle(.storeStalled(false))).count == 1)
    }

    @Test func `cells go only to workers that can be of their numerics class`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 2) { $0.numerics = "haswell" }
        #expect(bench.join(ann, numerics: ["skylake"]).isEmpty)
        #expect(bench.join(bob, numerics: ["skylake", "haswell"]).count == 1)
        #expect(bench.granted(bench.pass(3_000, alive: [ann, bob])).isEmpty)
    }

    @Test func `a draining worker gets no more`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 1)
        let lease = bench.join(ann)
        bench.handle(.drain(ann))
        #expect(bench.granted(bench.finish(lease[0])).isEmpty)
    }

    @Test func `no worker is lost while nothing is read, and each has a lease's time afterwards`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 3)
        let lease = try #require(bench.join(ann).first)
        for _ in 0..<200 {
            bench.now += 100
            bench.handle(.unread)
            #expect(bench.handle(.tick).isEmpty)
        }
        #expect(bench.pass(5_000).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
        #expect(bench.pass(100).contains(.workerLost(ann)))
    }

    @Test func `a heartbeat keeps the leases of its own worker and no other's`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 2)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.workerJoined(bob, numerics: [""], held: []))
        #expect(
            bench.handle(.heartbeat(bob, leases: [lease.lease])) == [.revoke(bob, lease.lease, Fence(0), cells: [])]
        )
        // Ann sends heartbeats that name nothing: that Bob names her lease does not keep it.
        for _ in 0..<60 where bench.scheduler.leases(of: ann) == [lease.lease] {
            bench.now += 100
            bench.handle(.heartbeat(bob, leases: [lease.lease]))
            bench.handle(.heartbeat(ann, leases: []))
            bench.handle(.tick)
        }
        #expect(bench.scheduler.leases(of: ann) != [lease.lease])
    }

    @Test func `a draining worker that greets again gets no more`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 1)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.drain(ann))
        let held = HeldLease(lease: lease.lease, fence: lease.fence, run: run1, cells: lease.cells)
        #expect(bench.handle(.workerJoined(ann, numerics: [""], held: [held])).isEmpty)
        #expect(bench.granted(bench.handle(.credit(ann, 4))).isEmpty)
    }
}
