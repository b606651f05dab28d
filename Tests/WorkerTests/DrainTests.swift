import RouteGridBase
import Testing
import Wire
import Worker

/// When a worker ends, and when it does not.
@Suite(.timeLimit(.minutes(1))) struct DrainTests {
    /// The kind of the worker's next messages: so many heartbeats, or goodbye.
    private func hears(_ heartbeats: Int, _ coordinator: FakeCoordinator) async throws -> String {
        for _ in 0..<heartbeats {
            let word = try await coordinator.next { message -> String? in
                switch message.body {
                case .heartbeat: "heartbeat"
                case .goodbye: "goodbye"
                default: nil
                }
            }
            if word == "goodbye" { return word }
        }
        return "heartbeats"
    }

    @Test func `a drain waits for the acknowledgement of what was computed`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.drainGrace = .seconds(30) }
        try await coordinator.welcome(heartbeat: 50)
        try await coordinator.send(.lease(lease(1, ["ok"])))
        let items = try await coordinator.nextResult().items
        try await coordinator.tellToDrain()
        #expect(try await hears(5, coordinator) == "heartbeats")
        try await coordinator.commit(items)
        #expect(try await hears(1_000, coordinator) == "goodbye")
        try (await worker.outcome()).get()
        await coordinator.stop()
    }

    @Test func `a worker that is busy for longer than it may be idle goes on`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.idleTimeout = .milliseconds(400) }
        try await coordinator.welcome(heartbeat: 50)
        try await coordinator.send(.lease(lease(1, ["gate busy"])))
        let begun = ContinuousClock.now
        while ContinuousClock.now - begun < .milliseconds(600) {
            #expect(try await hears(1, coordinator) == "heartbeats")
        }
        // It takes more, and is idle from its last acknowledgement on.
        try await coordinator.send(.lease(lease(2, ["ok"])))
        try await coordinator.settle()
        Gate.open("busy")
        #expect(try await coordinator.nextEvent() == "failure 1")
        #expect(try await coordinator.takeCells(1).cells == [200])
        #expect(try await hears(1_000, coordinator) == "goodbye")
        try (await worker.outcome()).get()
        await coordinator.stop()
    }

    @Test func `a worker whose lifetime is over finishes what it holds, takes no more, and ends`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.lifetime = .seconds(3) }
        try await coordinator.welcome(heartbeat: 50)
        try await coordinator.send(.lease(lease(1, ["gate lifetime ok"])))
        while try await coordinator.next({ if case .credit(let credit) = $0.body { credit.groups } else { nil } }) > 0 {
        }
        // What comes too late is released, what is held goes on.
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.next { if case .release(let item) = $0.body { item.lease } else { nil } } == 2)
        #expect(try await hears(3, coordinator) == "heartbeats")
        Gate.open("lifetime")
        let items = try await coordinator.nextResult().items
        try await coordinator.commit(items)
        #expect(try await hears(1_000, coordinator) == "goodbye")
        try (await worker.outcome()).get()
        await coordinator.stop()
    }

    @Test(arguments: [true, false]) func `slots that never start end the worker`(isLaunched: Bool) async throws {
        let coordinator = try FakeCoordinator()
        let watch = SlotWatch(endsAtStart: true)
        let launcher: any SlotLauncher = isLaunched ? ThreadSlotLauncher(watch: watch) : NoLauncher()
        let worker = try RunningWorker(coordinator.url, launcher: launcher)
        let outcome = await worker.outcome()
        let error = #expect(throws: RouteGridError.self) { try outcome.get() }
        #expect(error?.code == .system)
        #expect(error?.message.contains(isLaunched ? "exit code 3" : "no such program") == true, "\(outcome)")
        #expect(watch.starts.withLock { $0 } == (isLaunched ? 3 : 0))
        await coordinator.stop()
    }
}

private struct NoLauncher: SlotLauncher {
    func launch(_ kind: NumericsKind) throws(RouteGridError) -> any SlotPeer {
        throw RouteGridError(.system, "no such program")
    }
}
