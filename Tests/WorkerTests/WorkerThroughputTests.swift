import RouteGridBase
import Testing
import Wire

/// Cells that cost nothing, through the whole worker: the printed figure is for people, the count is asserted.
@Suite(.timeLimit(.minutes(1))) struct WorkerThroughputTests {
    @Test func `trivial cells through two slots`() async throws {
        let (leases, cellsEach) = (20, 256)
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url, slots: 2)
        try await coordinator.welcome()
        let all = (1...leases).map { lease(UInt64($0), Array(repeating: "ok", count: cellsEach)) }
        for lease in all.prefix(4) { try await coordinator.send(.lease(lease)) }
        let start = ContinuousClock.now
        var (cells, messages, sent) = (0, 0, 4)
        while cells < leases * cellsEach {
            let result = try await coordinator.nextResult()
            try await coordinator.commit(result.items)
            cells += result.items.count
            messages += 1
            while sent < leases, sent * cellsEach < cells + 4 * cellsEach {
                try await coordinator.send(.lease(all[sent]))
                sent += 1
            }
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(cells == leases * cellsEach)
        print("MEASURED trivial cells, 2 slots: \(Int(Double(cells) / seconds))/s, \(cells / messages) a message")
        await worker.end()
        await coordinator.stop()
    }
}
