import RouteGridBase
import Scheduling
import Testing

struct WorkDemandTests {
    private func demand(_ bench: SchedulerBench, slots: Int = 1) -> WorkDemand {
        bench.scheduler.demand { _ in slots }
    }

    private func part(_ bench: SchedulerBench) throws -> WorkDemand.Part { try #require(demand(bench).parts.first) }

    @Test func `work moves from pending to leased to done`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 2)
        #expect(demand(bench).parts == [WorkDemand.Part(run: run1, cells: 6, groups: 3)])
        #expect(demand(bench).unmeasuredCells == 6)
        let lease = try #require(bench.join(ann).first)
        #expect(try part(bench).cells == 4 && part(bench).leasedCells == 2 && part(bench).groups == 3)
        _ = bench.finish(lease, each: 500)
        // The next lease was granted at once.
        #expect(try part(bench).cells == 2 && part(bench).leasedCells == 2 && part(bench).groups == 2)
        #expect(try part(bench).cellSeconds == 0.5 && demand(bench).seconds == 2 && demand(bench).unmeasuredCells == 0)
    }

    @Test func `only active runs count`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 2, state: .paused)
        bench.add(run2, groups: 1, of: 2, done: [0])
        #expect(demand(bench).parts == [WorkDemand.Part(run: run2, cells: 1, groups: 1)])
        bench.handle(.runCancelled(run2, reason: ""))
        #expect(demand(bench).parts.isEmpty)
    }

    @Test func `failed cells do not count, those that wait for a retry do`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 1)
        let first = try #require(bench.join(ann, credit: 2).first)
        bench.handle(.failed(first.lease, first.fence, cell: 0, .error, retryable: true, text: ""))
        #expect(try part(bench).cells == 1 && part(bench).leasedCells == 1 && part(bench).groups == 2)
        let second = Fence(first.fence.rawValue + 1)
        bench.handle(
            .failed(LeaseID(second.rawValue), second, cell: 1, .error, retryable: false, text: "")
        )
        #expect(try part(bench).cells == 1 && part(bench).groups == 1)
    }

    /// An unchanged night must not ask for machines.
    @Test func `cells that the store was not asked about count once its look-ups keep up`() throws {
        let bench = SchedulerBench()
        bench.answersLookUps = false
        bench.add(run1, groups: 1_000, of: 100)
        #expect(try part(bench).cells == 0 && part(bench).groups == 0)
        let space = UniformSpace(groupCount: 1_000, groupSize: 100)
        bench.recorded[run1] = Set(0..<300)
        for group in 0..<41 { bench.handle(bench.answer(run1, space, group)) }
        #expect(try part(bench).cells == 99_700)
        #expect(try part(bench).groups > 900)
    }

    @Test func `measurements of latency are counted apart`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 3, of: 2, measurements: 1)
        #expect(try part(bench).cells == 4 && part(bench).groups == 2 && part(bench).measurements == 2)
        var leases = bench.join(ann)
        for _ in 0..<2 { leases = bench.granted(bench.finish(try #require(leases.first))) }
        #expect(try part(bench).cells == 0 && part(bench).groups == 0 && part(bench).measurements == 2)
        #expect(leases.count == 1)
    }

    @Test func `a fit that runs for longer than any before counts as that long`() throws {
        let bench = SchedulerBench()
        bench.add(run1, groups: 2, of: 1)
        let lease = try #require(bench.join(ann).first)
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        bench.pass(60_000, alive: [ann])
        #expect(try part(bench).fitSeconds == 60)
        #expect(demand(bench).seconds == 120)
    }

    @Test func `slots without a lease are idle, those of draining workers are none`() {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: 1)
        bench.join(ann)
        bench.join(bob)
        #expect(demand(bench, slots: 4).slots == 8 && demand(bench, slots: 4).idleSlots == 7)
        bench.handle(.drain(bob))
        #expect(demand(bench, slots: 4).slots == 4 && demand(bench, slots: 4).idleSlots == 3)
        bench.handle(.storeStalled(true))
        #expect(demand(bench).isStalled)
    }

    @Test func `a demand is read back from its JSON`() throws {
        let demand = WorkDemand(
            parts: [
                WorkDemand.Part(run: run1, numerics: "a/b", cells: 7, leasedCells: 2, groups: 3, cellSeconds: 0.25),
                WorkDemand.Part(run: run2, cells: 0, groups: 0, measurements: 4, fitSeconds: 1.5),
            ],
            slots: 8,
            idleSlots: 3,
            isStalled: true
        )
        #expect(try WorkDemand(json: JSONValue(parsing: demand.json.jsonText, place: "demand")) == demand)
        #expect(demand.json["seconds"] == .double(2.25) && demand.json["unmeasured_cells"] == 0)
        let error = #expect(throws: RouteGridError.self) { try WorkDemand(json: .null) }
        #expect(error?.code == .protocolRefused)
    }
}

struct WorkersWantedTests {
    private func wanted(
        cells: Int,
        groups: Int,
        seconds: Double? = nil,
        fit: Double? = nil,
        others: Int = 0,
        _ change: (inout WorkersWanted) -> Void = { _ in }
    ) -> Int {
        var settings = WorkersWanted(bounds: 0...10, lifetime: 3_600)
        change(&settings)
        let part = WorkDemand.Part(run: run1, cells: cells, groups: groups, cellSeconds: seconds, fitSeconds: fit)
        return settings.count(for: WorkDemand(parts: [part]), others: others)
    }

    @Test func `runnable seconds by walltime, rounded up, within the bounds`() {
        #expect(wanted(cells: 0, groups: 0) == 0)
        #expect(wanted(cells: 1, groups: 1, seconds: 0.001) == 1)
        #expect(wanted(cells: 360, groups: 360, seconds: 10) == 1)
        #expect(wanted(cells: 361, groups: 361, seconds: 10) == 2)
        #expect(wanted(cells: 100, groups: 100, seconds: 1, fit: 100) == 3)
        #expect(wanted(cells: 100_000, groups: 100_000, seconds: 3_000) == 10)
        #expect(wanted(cells: 0, groups: 0) { $0.bounds = 2...10 } == 2)
        #expect(wanted(cells: 360, groups: 360, seconds: 10) { $0.target = 360 } == 10)
        #expect(wanted(cells: 7_200, groups: 7_200) == 2)
    }

    @Test func `no more slots than groups`() {
        #expect(wanted(cells: 1_000, groups: 3, seconds: 1_000) == 3)
        #expect(wanted(cells: 1_000, groups: 3, seconds: 1_000) { $0.slots = 2 } == 2)
        #expect(wanted(cells: 1_000, groups: 40, seconds: 36) { $0.slots = 4 } == 3)
    }

    @Test func `what other workers do is not asked for`() {
        #expect(wanted(cells: 5, groups: 5, seconds: 3_600, others: 2) == 3)
        #expect(wanted(cells: 5, groups: 5, seconds: 3_600, others: 9) == 0)
    }

    @Test func `cells that end after any worker, or in another class, ask for nobody`() {
        #expect(wanted(cells: 5, groups: 5, seconds: 4_000) == 0)
        #expect(wanted(cells: 5, groups: 5, seconds: 600, fit: 3_500) == 0)
        #expect(wanted(cells: 5, groups: 5, seconds: 600) { $0.numerics = ["other"] } == 0)
        #expect(wanted(cells: 5, groups: 5, seconds: 600) { $0.numerics = [""] } == 1)
    }

    @Test func `measurements of latency ask for one worker, and only when there is none`() {
        let demand = WorkDemand(parts: [WorkDemand.Part(run: run1, cells: 0, groups: 0, measurements: 50)])
        let settings = WorkersWanted(bounds: 0...10, lifetime: 60)
        #expect(settings.count(for: demand) == 1)
        #expect(settings.count(for: demand, others: 1) == 0)
    }
}
