import RouteGridBase
import Scheduling
import Testing

/// Groups whose second half waits for a selection.
private struct StagedSpace: CellSpace {
    let groupCount: Int
    let groupSize: Int
    var cellCount: Int { groupCount * groupSize }
    var excludedCount: Int { 0 }
    var deferredCount: Int { firstMeasurement * groupSize / 2 }
    func isDeferred(_ cell: CellID) -> Bool {
        cell.rawValue < firstMeasurement * groupSize && cell.rawValue % groupSize >= groupSize / 2
    }
    /// Groups at the end that measure.
    var measurements = 0
    var firstMeasurement: Int { groupCount - measurements }
    func cells(ofGroup group: Int) -> Range<CellID> { CellID(group * groupSize)..<CellID((group + 1) * groupSize) }
    func group(ofCell cell: CellID) -> Int { cell.rawValue / groupSize }
}

/// Runs whose test cells wait until some of them are selected.
struct SchedulerStageTests {
    private func bench(
        groups: Int = 2,
        recovering: Bool = false,
        done: [CellID] = [],
        exceptions: [CellID: CellException] = [:],
        selection: [CellID]? = nil
    ) -> (bench: SchedulerBench, commands: [SchedulerCommand]) {
        let bench = SchedulerBench(epoch: recovering ? 2 : 1, recovering: recovering)
        let space = StagedSpace(groupCount: groups, groupSize: 4)
        bench.spaces[run1] = space
        var policy = RunPolicy()
        policy.retries = 0
        let commands = bench.handle(
            .runAdded(
                run1,
                space,
                policy,
                .active,
                done: CellBitmap(done),
                exceptions: exceptions,
                selection: selection.map { CellBitmap($0) }
            )
        )
        return (bench, commands)
    }

    /// Runs every dev cell of a run of two groups.
    private func devDone(_ bench: SchedulerBench) -> [SchedulerCommand] {
        let first = bench.join(ann)
        var commands: [SchedulerCommand] = []
        var leases = first
        while let lease = leases.popLast() {
            #expect(lease.cells.allSatisfy { $0.rawValue % 4 < 2 })
            let more = bench.finish(lease)
            leases += bench.granted(more)
            commands += more
        }
        return commands
    }

    @Test func `only dev cells are leased, and then a selection is asked for, once`() throws {
        let (bench, _) = bench()
        let commands = devDone(bench)
        #expect(commands.count { $0 == .select(run1) } == 1)
        #expect(try bench.counts().done == 4 && bench.counts().cells == 4 && bench.counts().stage == 1)
        #expect(bench.pass(5_000, alive: [ann]).isEmpty)
        #expect(try bench.counts().state == .active)
    }

    @Test func `after the selection its cells are leased, no others, and then the run ends`() throws {
        let (bench, _) = bench()
        _ = devDone(bench)
        let granted = bench.granted(bench.handle(.selected(run1, cells: CellBitmap([3, 6]))))
        #expect(granted.map(\.cells) == [[3]])
        #expect(try bench.counts().cells == 6 && bench.counts().stage == 2)
        let second = bench.granted(bench.finish(granted[0]))
        #expect(second.map(\.cells) == [[6]])
        #expect(bench.finish(second[0]).contains(.runChanged(run1, .finished, reason: "")))
        #expect(try bench.counts().done == 6)
    }

    @Test func `measurements come after the selected cells`() throws {
        let bench = SchedulerBench()
        let space = StagedSpace(groupCount: 2, groupSize: 2, measurements: 1)
        bench.spaces[run1] = space
        _ = bench.handle(.runAdded(run1, space, RunPolicy(), .active, done: CellBitmap(), exceptions: [:]))
        let dev = try #require(bench.join(ann).first)
        #expect(dev.cells == [0])
        #expect(bench.finish(dev) == [.select(run1)])
        let test = bench.granted(bench.handle(.selected(run1, cells: CellBitmap([1]))))
        #expect(test.map(\.cells) == [[1]])
        let measuring = bench.granted(bench.finish(test[0]))
        #expect(measuring.map(\.cells) == [[2, 3]])
        #expect(bench.finish(measuring[0]).last == .runChanged(run1, .finished, reason: ""))
    }

    @Test func `a selection of nothing ends the run`() throws {
        let (bench, _) = bench()
        _ = devDone(bench)
        #expect(
            bench.handle(.selected(run1, cells: CellBitmap())).contains(.runChanged(run1, .finished, reason: ""))
        )
    }

    @Test func `a selection that nobody asked for changes nothing`() throws {
        let (bench, _) = bench()
        #expect(bench.handle(.selected(run1, cells: CellBitmap([2]))).isEmpty)
        #expect(bench.join(ann).map(\.cells) == [[0, 1]])
        _ = bench.handle(.committed(run1, cell: 2))
        #expect(try bench.counts().done == 0)
    }

    @Test func `recorded test cells count only when they are selected`() throws {
        let bench = SchedulerBench()
        let space = StagedSpace(groupCount: 2, groupSize: 4)
        bench.spaces[run1] = space
        bench.recorded[run1] = Set(0..<8)
        let commands = bench.handle(
            .runAdded(run1, space, RunPolicy(), .active, done: CellBitmap(), exceptions: [:])
        )
        #expect(commands == [.select(run1)])
        #expect(try bench.counts().done == 4 && bench.counts().reused == 4)
        let after = bench.handle(.selected(run1, cells: CellBitmap([2, 7])))
        #expect(after == [.runChanged(run1, .finished, reason: "")])
        #expect(try bench.counts().done == 6 && bench.counts().reused == 6)
    }

    @Test func `a restart before the selection asks again, one after it goes on with the list`() throws {
        let (before, commands) = bench(recovering: true, done: [0, 1, 4, 5])
        #expect(commands == [.select(run1)])
        #expect(try before.counts().stage == 1)
        let (after, none) = bench(recovering: true, done: [0, 1, 4, 5, 3], selection: [3, 6])
        #expect(none.isEmpty)
        after.join(ann)
        #expect(after.granted(after.pass(1_500, alive: [ann])).map(\.cells) == [[6]])
        #expect(after.scheduler.isOpen(6, in: run1) && !after.scheduler.isOpen(7, in: run1))
    }

    @Test func `a worker's lease of an earlier epoch keeps its selected cells and loses the others`() throws {
        let (bench, _) = bench(recovering: true, done: [0, 1, 4, 5], selection: [3])
        let fence = Fence(epoch: 1, counter: 1)
        let held = HeldLease(lease: LeaseID(fence.rawValue), fence: fence, run: run1, cells: [2, 3])
        let commands = bench.handle(.workerJoined(ann, numerics: [""], held: [held]))
        #expect(commands == [.revoke(ann, held.lease, fence, cells: [2])])
        #expect(try bench.counts().leased == 1)
    }

    @Test func `failed dev cells do not stop the selection, and a retry runs them without a new one`() throws {
        let (bench, _) = bench()
        var leases = bench.join(ann)
        let failed = try #require(leases.last)
        leases.removeLast()
        var commands = bench.handle(
            .failed(failed.lease, failed.fence, cell: nil, .error, retryable: false, text: "no")
        )
        for lease in bench.granted(commands) { commands += bench.finish(lease) }
        #expect(commands.contains(.select(run1)))
        _ = bench.handle(.selected(run1, cells: CellBitmap([6])))
        let retried = bench.handle(.retry(run1, cells: [0]))
        let all = bench.scheduler.leases(of: ann)
        #expect(all.count == 1)
        _ = retried
        // The selected cell first, then the retried one: both are recorded before the run ends.
        for cell in [6, 0] as [CellID] { _ = bench.handle(.committed(run1, cell: cell)) }
        #expect(try bench.counts().done == 4 && bench.counts().failed == 1)
        #expect(try bench.counts().state == .finished)
    }

    @Test func `explain shows what a test cell waits for and that it was not selected`() throws {
        let (bench, _) = bench()
        guard case .closed(let first) = bench.scheduler.standing(of: 2, in: run1) else {
            return #expect(Bool(false), "cell 2 is open")
        }
        #expect(first == "test cells wait until all dev cells are over: then some are selected")
        _ = devDone(bench)
        _ = bench.handle(.selected(run1, cells: CellBitmap([3])))
        #expect(
            bench.scheduler.standing(of: 2, in: run1)
                == .closed(reason: "another configuration did better on dev")
        )
        #expect(bench.scheduler.standing(of: 3, in: run1) != .recorded)
    }
}
