import RouteGridBase
import Scheduling
import Testing

/// Which cells are computed again, by whom, and what follows.
struct AuditTests {
    private static let keys = (0..<10_000).map { JobKey(hashing: Array("key \($0)".utf8)) }
    private static func secret(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: AuditSample.secretSize) }

    @Test func `a sample of one percent has about one percent of the cells, the same ones each time`() {
        let sample = AuditSample(secret: Self.secret(1), rate: 0.01)
        let chosen = Self.keys.filter(sample.contains)
        // Five standard deviations of a binomial count.
        #expect(abs(chosen.count - 100) < 50, "\(chosen.count)")
        #expect(Self.keys.filter(AuditSample(secret: Self.secret(1), rate: 0.01).contains) == chosen)
        // Whoever knows the keys and not the secret learns nothing.
        let other = Set(Self.keys.filter(AuditSample(secret: Self.secret(2), rate: 0.01).contains))
        #expect(other.intersection(chosen).count < 10 && !other.isEmpty)
        #expect(Self.keys.allSatisfy(AuditSample(secret: Self.secret(1), rate: 1).contains))
        #expect(!Self.keys.contains(where: AuditSample(secret: Self.secret(1), rate: 0).contains))
        // A larger sample has all cells of the smaller one: a coordinator may be started with another rate.
        let larger = AuditSample(secret: Self.secret(1), rate: 0.1)
        #expect(chosen.allSatisfy(larger.contains))
    }

    private func execution(_ key: String, _ result: String, host: String = "h") -> AuditedCell.Execution {
        let digest = Digest(hashing: Array(result.utf8))
        return AuditedCell.Execution(origin: ResultOrigin(key: key, host: host), worker: key, result: digest)
    }

    private func cell(_ executions: AuditedCell.Execution...) -> AuditedCell {
        AuditedCell(run: run1, cell: 3, jobKey: Self.keys[0], executions: executions)
    }

    @Test func `a second execution counts under another key, or on another machine where all share one`() {
        var audited = cell(execution("a", "x"))
        let counts1 = audited.add(execution("a", "x"), isTrusted: true, sharesOneKey: true)
        #expect(!counts1)
        let counts2 = audited.add(execution("a", "x", host: "other"), isTrusted: true, sharesOneKey: false)
        #expect(!counts2)
        #expect(audited.state == .waiting)
        var other = audited
        let counts3 = other.add(execution("a", "x", host: "other"), isTrusted: false, sharesOneKey: true)
        #expect(counts3)
        #expect(other.state == .agreed && other.task == nil)
        let counts4 = audited.add(execution("b", "y"), isTrusted: false, sharesOneKey: false)
        #expect(counts4)
        #expect(audited.state == .suspect && audited.task?.need == .trusted)
    }

    @Test func `a third execution decides when its key is trusted`() {
        for (third, refuted) in [("x", "b"), ("y", "a")] {
            var audited = cell(execution("a", "x"), execution("b", "y"))
            let counts5 = audited.add(execution("c", third), isTrusted: false, sharesOneKey: false)
            #expect(!counts5)
            #expect(audited.state == .suspect && audited.refuted == nil)
            let counts6 = audited.add(execution("c", third), isTrusted: true, sharesOneKey: false)
            #expect(counts6)
            #expect(audited.state == .decided && audited.refuted?.worker == refuted)
            #expect(audited.task == nil)
        }
        var audited = cell(execution("a", "x"), execution("b", "y"))
        let counts7 = audited.add(execution("c", "z"), isTrusted: true, sharesOneKey: false)
        #expect(counts7)
        #expect(audited.state == .undecided && audited.refuted == nil && audited.task == nil)
    }

    @Test func `workers are of one machine by their name without the process number`() {
        for (name, host) in [("node7:4711", "node7"), ("node7", "node7"), ("a:b", "a:b"), ("::1:5", "::1"), (":", ":")]
        {
            #expect(ResultOrigin(key: "", worker: name).host == host)
        }
    }

    // MARK: The scheduler

    private func origin(_ key: String, _ host: String = "h") -> ResultOrigin { ResultOrigin(key: key, host: host) }

    private func task(_ cell: CellID, after key: String = "a", host: String = "h") -> AuditTask {
        AuditTask(run: run1, cell: cell, need: .independent(of: origin(key, host)))
    }

    private func join(
        _ bench: SchedulerBench,
        _ worker: WorkerID,
        _ key: String,
        host: String = "h",
        trusted: Bool = false
    ) {
        bench.handle(.workerJoined(worker, numerics: [""], held: []))
        bench.handle(.workerOrigin(worker, origin(key, host), isTrusted: trusted))
        bench.handle(.credit(worker, 1))
    }

    /// A run of two groups of four cells that one worker, of key `a`, has finished.
    private func finished() throws -> SchedulerBench {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 4)
        var granted = bench.join(ann)
        bench.handle(.workerOrigin(ann, origin("a"), isTrusted: false))
        while let lease = granted.first { granted = bench.granted(bench.finish(lease)) }
        #expect(try bench.counts().state == .finished)
        return bench
    }

    @Test func `a worker of another key computes cells of one fit again, and the run stays as it is`() throws {
        let bench = try finished()
        for cell in [1, 2, 5] as [CellID] { bench.handle(.audit(task(cell))) }
        bench.handle(.audit(task(1)))
        // The one who computed them does not judge itself.
        #expect(bench.granted(bench.pass(1_000, alive: [ann])).isEmpty)
        join(bench, bob, "b")
        let first = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
        #expect(first.worker == bob && first.cells == [1, 2])
        #expect(bench.scheduler.worker(of: first.lease) == bob && bench.scheduler.cells(of: first.lease) == [1, 2])
        #expect(try bench.counts().leased == 0 && bench.counts().state == .finished)
        bench.handle(.started(first.lease, first.fence, cell: 1))
        bench.handle(.committed(run1, cells: [1, 2]))
        #expect(bench.scheduler.worker(of: first.lease) == nil)
        let second = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
        #expect(second.cells == [5])
        bench.handle(.committed(run1, cell: 5))
        #expect(bench.granted(bench.pass(1_000, alive: [ann, bob])).isEmpty)
        #expect(try bench.counts().done == 8)
    }

    @Test func `what is not recorded yet goes first`() throws {
        let bench = try finished()
        bench.handle(.audit(task(1)))
        join(bench, bob, "b")
        bench.add(run2, groups: 1, of: 2)
        let busy = bench.granted(bench.pass(100, alive: [ann, bob]))
        #expect(busy.allSatisfy { $0.run == run2 || $0.worker == bob })
        let audit = bench.granted(bench.pass(200, alive: [ann, bob])).filter { $0.run == run1 }
        // Ann took the run's cells when it came; bob was idle.
        #expect((busy + audit).filter { $0.run == run1 }.map(\.worker) == [bob])
    }

    @Test func `where all workers share one key, another machine computes again`() throws {
        let bench = try finished()
        bench.handle(.audit(task(1)))
        join(bench, bob, "a")
        #expect(bench.granted(bench.pass(500, alive: [ann, bob])).isEmpty)
        join(bench, WorkerID(3), "a", host: "other")
        let granted = bench.granted(bench.pass(100, alive: [ann, bob, WorkerID(3)]))
        #expect(granted.map(\.worker) == [WorkerID(3)])
    }

    @Test func `a difference waits for a worker that is trusted, from the moment that it is`() throws {
        let bench = try finished()
        bench.handle(.audit(AuditTask(run: run1, cell: 1, need: .trusted)))
        join(bench, bob, "b")
        #expect(bench.granted(bench.pass(500, alive: [ann, bob])).isEmpty)
        bench.handle(.workerOrigin(bob, origin("b"), isTrusted: true))
        #expect(bench.granted(bench.pass(100, alive: [ann, bob])).map(\.worker) == [bob])
    }

    @Test func `a lease of a lost, silent or failing worker goes to another, three failures are the end`() throws {
        let bench = try finished()
        bench.handle(.audit(task(1)))
        join(bench, bob, "b")
        let first = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
        // It lives and does not name the lease.
        for _ in 0..<60 {
            bench.now += 100
            bench.handle(.heartbeat(bob, leases: []))
            bench.handle(.heartbeat(ann, leases: []))
            bench.handle(.tick)
            if bench.scheduler.worker(of: first.lease) == nil { break }
        }
        #expect(bench.scheduler.worker(of: first.lease) == nil)
        let again = try #require(
            bench.scheduler.leases(of: bob).first ?? bench.granted(bench.pass(100, alive: [bob])).first?.lease
        )
        #expect(again != first.lease)
        bench.handle(.workerLeft(bob))
        join(bench, bob, "b")
        for _ in 0..<2 {
            let lease = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
            bench.handle(.failed(lease.lease, lease.fence, cell: nil, .error, retryable: true, text: "why"))
        }
        #expect(bench.granted(bench.pass(1_000, alive: [ann, bob])).isEmpty)
        #expect(bench.scheduler.exceptions(of: run1).isEmpty)
        // A release, as a worker that drains sends it, counts as nothing.
        bench.handle(.audit(task(2)))
        for _ in 0..<5 {
            let lease = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
            bench.handle(.released(lease.lease, lease.fence, cells: []))
        }
    }

    @Test func `a cancelled run revokes them, a paused one waits`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 4)
        let granted = try #require(bench.join(ann).first)
        bench.handle(.workerOrigin(ann, origin("a"), isTrusted: false))
        _ = bench.finish(granted)
        bench.handle(.runPaused(run1))
        bench.handle(.audit(task(1)))
        join(bench, bob, "b")
        #expect(bench.granted(bench.pass(500, alive: [ann, bob])).isEmpty)
        bench.handle(.runResumed(run1))
        let audit = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
        #expect(audit.worker == bob && audit.cells == [1])
        bench.handle(.audit(task(2)))
        let over = bench.handle(.runCancelled(run1, reason: ""))
        #expect(over.contains(.revoke(bob, audit.lease, audit.fence, cells: [])))
        #expect(bench.scheduler.worker(of: audit.lease) == nil)
        #expect(bench.granted(bench.pass(500, alive: [ann, bob])).isEmpty)
    }

    @Test func `a worker that greets again keeps its lease, and one of before a restart is revoked`() throws {
        let bench = try finished()
        bench.handle(.audit(task(1)))
        join(bench, bob, "b")
        let lease = try #require(bench.granted(bench.pass(100, alive: [ann, bob])).first)
        let held = HeldLease(lease: lease.lease, fence: lease.fence, run: run1, cells: lease.cells)
        #expect(bench.handle(.workerJoined(bob, numerics: [""], held: [held])).isEmpty)
        #expect(bench.scheduler.worker(of: lease.lease) == bob)
        let next = SchedulerBench(epoch: 2, recovering: true)
        next.add(run1, groups: 2, of: 4, state: .finished, done: Array(0..<8))
        let commands = next.handle(.workerJoined(bob, numerics: [""], held: [held]))
        #expect(commands == [.revoke(bob, lease.lease, lease.fence, cells: [])])
    }

    @Test func `ledger and counts follow what came of the cells`() {
        var ledger = AuditLedger()
        ledger.set(cell(execution("a", "x")))
        #expect(ledger.tasks == [task(3, after: "a")] && ledger.count(in: .waiting) == 1)
        ledger.set(cell(execution("a", "x"), execution("b", "y")))
        #expect(ledger.count(in: .waiting) == 0 && ledger.cells(in: [.suspect]).count == 1)
        ledger.set(cell(execution("a", "x"), execution("b", "y"), execution("c", "y")))
        #expect(ledger.tasks.isEmpty && ledger.count(in: .decided) == 1)
        ledger.forget([Self.keys[0]])
        ledger.set(cell(execution("a", "x"), execution("b", "x")))
        #expect(ledger.isEmpty && ledger.agreed == 1 && ledger.count(in: .agreed) == 1)
    }
}
