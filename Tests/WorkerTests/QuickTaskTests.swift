import Testing
import Wire
import Worker

/// Leases that are prefetched by a slot.
@Suite(.timeLimit(.minutes(1)))
struct QuickTaskTests {
    @Test func `as many quick tasks wait at a slot as take ten milliseconds, and no slow ones`() {
        var pace = SlotPace()
        #expect(pace.depth == 0)
        pace.finished(1_000_000)
        #expect(pace.depth == SlotPace.maximumDepth)
        pace.lasts(.microseconds(2_400))
        #expect(pace.depth == 4)
        pace.lasts(.microseconds(5_100))
        #expect(pace.depth == 0)
    }

    @Test func `a first task that has only begun does not count as quick, nor does one that lasts`() {
        var pace = SlotPace()
        pace.lasts(.microseconds(700))
        #expect(pace.depth == 0)
        pace.lasts(.milliseconds(190))
        pace.finished(1_000_000)
        #expect(pace.depth == 0)
    }

    @Test func `cells prefetched behind a long one are taken back, and what was too much is released`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try await quickWorker(coordinator)
        for (number, does) in [(901, "hang"), (902, "ok"), (903, "ok"), (904, "ok"), (905, "ok")] as [(UInt64, String)]
        {
            try await coordinator.send(.lease(lease(number, [does])))
        }
        var released: [UInt64] = []
        while released.count < 2 {
            released.append(
                try await coordinator.next { if case .release(let release) = $0.body { release.lease } else { nil } }
            )
        }
        #expect(Set(released) == [904, 905])
        var revoke = WireRevoke()
        revoke.lease = 901
        try await coordinator.send(.revoke(revoke))
        #expect(try await coordinator.takeCells(2).cells == [90_200, 90_300])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a crash is blamed on the task at hand, and what was prefetched is computed`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try await quickWorker(coordinator)
        for (number, does) in [(901, "gate told-ahead crash"), (902, "ok"), (903, "ok")] as [(UInt64, String)] {
            try await coordinator.send(.lease(lease(number, [does])))
        }
        // They are at the slot by now, unless the machine is so busy that they were taken back already.
        try await coordinator.settle()
        Gate.open("told-ahead")
        var (failed, cells): ([UInt64], Set<UInt64>) = ([], [])
        while cells.count < 2 || failed.isEmpty {
            _ = try await coordinator.next { message -> Bool? in
                switch message.body {
                case .failed(let failure): failed.append(failure.cell)
                case .result(let result): cells.formUnion(result.items.map(\.cell))
                default: return nil
                }
                return true
            }
        }
        #expect(failed == [90_100] && cells == [90_200, 90_300])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a drain releases what was prefetched`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try await quickWorker(coordinator)
        for (number, does) in [(901, "hang"), (902, "hang"), (903, "hang")] as [(UInt64, String)] {
            try await coordinator.send(.lease(lease(number, [does])))
        }
        var done = WireDone()
        done.text = "drain"
        try await coordinator.send(.done(done))
        var released = Set<UInt64>()
        _ = try await coordinator.next { message -> Bool? in
            if case .release(let release) = message.body { released.insert(release.lease) }
            if case .goodbye = message.body { return true }
            return nil
        }
        #expect(released == [901, 902, 903])
        try (await worker.outcome()).get()
        await coordinator.stop()
    }

    /// A worker of one slot that was seen to be quick, and asks for more at once.
    private func quickWorker(_ coordinator: FakeCoordinator) async throws -> RunningWorker {
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        var (number, credit): (UInt64, UInt32) = (1, 0)
        try await coordinator.send(.lease(lease(number, ["ok"])))
        while credit < 8 {
            let result = try await coordinator.next { message -> WireResult? in
                if case .credit(let said) = message.body { credit = said.groups }
                if case .result(let result) = message.body { return result }
                return nil
            }
            try await coordinator.commit(result.items)
            number += 1
            if credit < 8 { try await coordinator.send(.lease(lease(number, ["ok"]))) }
        }
        return worker
    }
}
