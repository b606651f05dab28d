import RouteGridBase
import Scheduling
import Testing

/// What an idle worker takes of what others hold.
struct SchedulerStealingTests {
    /// Ann holds the only group, 100 cells of 500 ms each, and has run a few.
    private func tail() throws -> (SchedulerBench, Granted) {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 100)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        for cell in CellID(0)..<4 {
            bench.handle(.started(lease.lease, lease.fence, cell: cell))
            bench.pass(500, alive: [ann])
            if cell < 3 { bench.handle(.committed(run1, cell: cell)) }
        }
        return (bench, lease)
    }

    @Test func `only cells not begun are stolen, from the end, and revoked from their lease`() throws {
        let (bench, lease) = try tail()
        bench.join(bob)
        let commands = bench.pass(100, alive: [ann, bob])
        let stolen = Array(CellID(52)..<100)
        #expect(commands.first == .revoke(ann, lease.lease, lease.fence, cells: stolen))
        // As many as take the target time; the rest waits for whoever is free.
        #expect(bench.granted(commands).map(\.cells) == [[52, 53, 54, 55]])
    }

    @Test func `stolen cells are revoked again on every heartbeat`() throws {
        let (bench, lease) = try tail()
        bench.join(bob)
        bench.pass(100, alive: [bob])
        let again = bench.handle(.heartbeat(ann, leases: [lease.lease]))
        #expect(again == [.revoke(ann, lease.lease, lease.fence, cells: Array(CellID(52)..<100))])
    }

    @Test func `a finished cell whose record is on its way is not stolen`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 4)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.pass(3_000, alive: [ann])
        bench.handle(.committed(run1, cell: 0))
        // 1 and 2 are finished and not yet on disk, 3 runs.
        for cell in CellID(1)...3 { bench.handle(.started(lease.lease, lease.fence, cell: cell)) }
        bench.join(bob)
        #expect(bench.pass(3_000, alive: [ann, bob]).isEmpty)
    }

    @Test func `a lease that waits behind another goes whole`() throws {
        var configuration = Scheduler.Configuration()
        configuration.maximumCells = 10
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 3, of: 10)
        let leases = bench.join(ann, credit: 3)
        bench.handle(.credit(ann, 0))
        _ = bench.finish(leases[0], each: 100)
        bench.handle(.started(leases[1].lease, leases[1].fence, cell: 19))
        bench.join(bob)
        #expect(bench.granted(bench.pass(600, alive: [ann, bob])).map(\.cells) == [Array(20..<30)])
        #expect(bench.scheduler.leases(of: ann) == [leases[1].lease])
    }

    @Test func `nothing is stolen when a new fit would cost more`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 10)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.pass(10_000, alive: [ann])
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.pass(300, alive: [ann])
        bench.handle(.committed(run1, cell: 0))
        bench.join(bob)
        #expect(bench.pass(2_000, alive: [ann, bob]).isEmpty)
    }

    @Test func `a long cell behind a quick one does not change the measured time of the fit`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 18)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.pass(4_000, alive: [ann])
        bench.handle(.committed(run1, cell: 0))
        bench.pass(100, alive: [ann])
        bench.handle(.started(lease.lease, lease.fence, cell: 1))
        bench.pass(500, alive: [ann])
        bench.handle(.committed(run1, cell: 1))
        bench.handle(.started(lease.lease, lease.fence, cell: 2))
        bench.join(bob)
        // Seven cells of half a second are less than another fit.
        #expect(bench.pass(100, alive: [ann, bob]).isEmpty)
    }

    @Test func `a stolen cell that both deliver is counted once`() throws {
        let (bench, _) = try tail()
        bench.join(bob)
        bench.pass(100, alive: [ann, bob])
        bench.handle(.committed(run1, cell: 52))
        bench.handle(.committed(run1, cell: 52))
        #expect(try bench.counts().done == 4)
    }

    @Test func `of three cells behind the one that runs the last is stolen, and the running one is not counted`() throws
    {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 5)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: 0))
        bench.pass(3_000, alive: [ann])
        bench.handle(.committed(run1, cell: 0))
        bench.handle(.started(lease.lease, lease.fence, cell: 1))
        bench.pass(100, alive: [ann])
        bench.join(bob)
        let commands = bench.pass(100, alive: [ann, bob])
        #expect(commands.first == .revoke(ann, lease.lease, lease.fence, cells: [4]))
        #expect(bench.granted(commands).map(\.cells) == [[4]])
    }

    @Test func `nothing is stolen from a paused run`() throws {
        let (bench, lease) = try tail()
        bench.handle(.runPaused(run1))
        bench.join(bob)
        #expect(bench.pass(2_000, alive: [ann, bob]).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `nothing is stolen while the store is stalled`() throws {
        let (bench, lease) = try tail()
        bench.handle(.storeStalled(true))
        bench.join(bob)
        #expect(bench.pass(2_000, alive: [ann, bob]).isEmpty)
        bench.handle(.storeStalled(false))
        #expect(!bench.granted(bench.pass(100, alive: [ann, bob])).isEmpty)
        #expect(bench.scheduler.leases(of: ann) == [lease.lease])
    }

    @Test func `nothing is stolen for a worker that cannot be of the run's class`() throws {
        let (bench, _) = try tail()
        bench.join(bob, numerics: ["other"])
        #expect(bench.pass(2_000, alive: [ann, bob]).isEmpty)
    }

    @Test func `a lease that was granted just now is left alone`() throws {
        var configuration = Scheduler.Configuration()
        configuration.maximumCells = 10
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 2, of: 10)
        let first = try #require(bench.join(ann).first)
        let second = try #require(bench.granted(bench.finish(first, each: 150)).first)
        #expect(second.cells.count > 4)
        bench.handle(.started(second.lease, second.fence, cell: second.cells[0]))
        bench.handle(.committed(run1, cells: []))
        bench.join(bob)
        let early = bench.granted(bench.pass(400, alive: [ann, bob]))
        #expect(early.isEmpty)
        #expect(!bench.granted(bench.pass(400, alive: [ann, bob])).isEmpty)
    }

    @Test func `cells are stolen from the lease of which most is won`() throws {
        var configuration = Scheduler.Configuration()
        configuration.targetMilliseconds = 60_000
        let bench = SchedulerBench(configuration)
        bench.add(run1, groups: 1, of: 20)
        bench.add(run2, groups: 1, of: 80)
        let short = try #require(bench.join(ann).first)
        let long = try #require(bench.join(bob).first)
        for lease in [short, long] {
            bench.handle(.started(lease.lease, lease.fence, cell: lease.cells[0]))
            bench.pass(500, alive: [ann, bob])
            bench.handle(.committed(lease.run, cell: lease.cells[0]))
            bench.handle(.started(lease.lease, lease.fence, cell: lease.cells[1]))
        }
        let cat = WorkerID(3)
        bench.join(cat)
        let granted = bench.granted(bench.pass(100, alive: [ann, bob, cat]))
        #expect(granted.map(\.run) == [long.run])
    }
}
