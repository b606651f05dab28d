import RouteGridBase
import Scheduling
import Testing

/// What is counted against a cell and a run, and how long is waited in between.
struct SchedulerCounterTests {
    private func oneLease(
        cells: Int = 1,
        policy: (inout RunPolicy) -> Void = { _ in }
    ) throws -> (SchedulerBench, Granted) {
        let bench = SchedulerBench()
        bench.add(run1, groups: 1, of: cells, policy: policy)
        return (bench, try #require(bench.join(ann).first))
    }

    /// Milliseconds from now until a cell is tried again; nil when it does not back off.
    private func delay(_ bench: SchedulerBench, of cell: CellID = 0) -> Int64? {
        bench.exception(cell)?.until.map { $0.milliseconds - bench.now }
    }

    @Test func `a back-off doubles from one second to one minute and stays there`() throws {
        let (bench, first) = try oneLease { $0.retries = 20 }
        var (lease, delays): (Granted, [Int64?]) = (first, [])
        for _ in 0..<9 {
            bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: true, text: ""))
            delays.append(delay(bench))
            lease = try #require(bench.granted(bench.pass(60_000, alive: [ann])).first)
        }
        #expect(delays == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    }

    @Test func `a cell is tried again at once after its first crash, and later after the others`() throws {
        let (bench, first) = try oneLease()
        var (lease, delays): (Granted?, [Int64?]) = (first, [])
        while let held = lease {
            let commands = bench.handle(
                .failed(held.lease, held.fence, cell: 0, .crash, retryable: true, text: "")
            )
            delays.append(delay(bench))
            lease = bench.granted(commands + bench.pass(10_000, alive: [ann])).first
        }
        #expect(delays == [nil, 1_000, 2_000, 4_000, nil])
        #expect(bench.exception(0)?.state == .quarantined)
    }

    @Test func `failures and crashes of one cell are counted apart, and both are kept`() throws {
        let (bench, first) = try oneLease { $0.retries = 9 }
        var lease = first
        for (kind, counted) in [
            (.crash, (0, 1)), (.timeout, (1, 1)), (.crash, (1, 2)), (.memory, (2, 2)),
        ] as [(FailureKind, (Int, Int))] {
            bench.handle(.failed(lease.lease, lease.fence, cell: 0, kind, retryable: true, text: ""))
            let exception = try #require(bench.exception(0))
            #expect((exception.attempts, exception.crashes) == counted, "after \(kind)")
            lease = try #require((bench.granted(bench.pass(60_000, alive: [ann]))).first ?? granted(bench))
        }
    }

    /// The lease that Ann has, when it was granted with the failure.
    private func granted(_ bench: SchedulerBench) -> Granted? {
        guard case .leased(ann, let lease, _) = bench.scheduler.standing(of: 0, in: run1) else { return nil }
        return Granted(worker: ann, lease: lease, fence: Fence(lease.rawValue), run: run1, cells: [0])
    }

    @Test func `cells that are tried again do not count for max_fails`() throws {
        let (bench, lease) = try oneLease(cells: 4) { $0.maxFails = 1 }
        for cell in CellID(0)..<3 {
            bench.handle(.failed(lease.lease, lease.fence, cell: cell, .error, retryable: true, text: ""))
        }
        #expect(try bench.counts().state == .active)
        #expect(try bench.counts().backingOff == 3)
    }

    @Test func `a run whose cells kill workers is stopped by max_fails`() throws {
        let (bench, lease) = try oneLease(cells: 3) {
            $0.maxFails = 1
            $0.crashLimit = 1
        }
        bench.handle(.started(lease.lease, lease.fence, cell: nil))
        let commands = bench.pass(6_000)
        #expect(commands.contains(.workerLost(ann)))
        #expect(commands.contains { if case .runChanged(run1, .stopped, _) = $0 { true } else { false } })
        #expect(try bench.counts().state == .stopped)
    }

    @Test func `a retry leaves cells alone that back off`() throws {
        let (bench, lease) = try oneLease(cells: 2) { $0.retries = 5 }
        bench.handle(.failed(lease.lease, lease.fence, cell: 0, .error, retryable: true, text: ""))
        #expect(bench.granted(bench.handle(.retry(run1, cells: [0, 1]))).isEmpty)
        #expect(bench.exception(0)?.attempts == 1)
        #expect(bench.exception(0)?.state == .backingOff)
    }
}
