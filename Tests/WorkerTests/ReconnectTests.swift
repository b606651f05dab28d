import Foundation
import RouteGridBase
import Testing
import Wire
import Worker

/// What was under way when the coordinator ended.
@Suite(.timeLimit(.minutes(1))) struct ReconnectTests {
    @Test func `an upload that was under way begins anew at the next coordinator`() async throws {
        let first = try FakeCoordinator()
        let worker = try RunningWorker(first.url)
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["blob 1500000"])))
        _ = try await first.next { if case .put = $0.body { true } else { nil } }
        await first.stop()
        let second = try FakeCoordinator(url: first.url)
        try await second.welcome()
        var received: [UInt64] = []
        while received.count < 2 {
            let put = try await second.next { if case .put(let put) = $0.body { put } else { nil } }
            received.append(put.offset)
            var stored = WireStored()
            (stored.sha, stored.complete) = (put.sha, received.count == 2)
            stored.nextOffset = received.count == 1 ? 1 << 20 : 1_500_000
            try await second.send(.stored(stored))
        }
        #expect(received == [0, 1 << 20])
        #expect(try await second.takeCells(1).cells == [100])
        await worker.end()
        await second.stop()
    }

    @Test func `a download that was under way goes on at the next coordinator`() async throws {
        let first = try FakeCoordinator()
        let worker = try RunningWorker(first.url)
        try await first.welcome(heartbeat: 50)
        let content = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let blob = Digest(hashing: content)
        try await first.send(.lease(lease(1, ["ok"], data: [blob])))
        try await first.serve(try await first.nextFetch(), [blob: content])
        while try await first.nextFetch().offset != 1 << 20 {}
        await first.stop()
        let second = try FakeCoordinator(url: first.url)
        try await second.welcome()
        let again = try await second.nextFetch()
        #expect(again.offset == 1 << 20)
        try await second.serve(again, [blob: content])
        #expect(try await second.takeCells(1).cells == [100])
        await worker.end()
        await second.stop()
    }

    @Test func `a blob that could not be stored is sent again`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["blob 300000"])))
        for isStored in [false, true] {
            let put = try await coordinator.next { if case .put(let put) = $0.body { put } else { nil } }
            #expect(put.offset == 0)
            var stored = WireStored()
            (stored.sha, stored.complete, stored.error) = (put.sha, isStored, isStored ? "" : "no space")
            try await coordinator.send(.stored(stored))
        }
        #expect(try await coordinator.takeCells(1).cells == [100])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `what was released without a coordinator is sent after the next greeting`() async throws {
        let first = try FakeCoordinator()
        let (logged, line) = AsyncStream.makeStream(of: String.self)
        let worker = try RunningWorker(first.url, log: line) { $0.drainGrace = .seconds(30) }
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["gate given-back"])))
        try await first.send(.lease(lease(2, ["ok"])))
        try await first.settle()
        await first.stop()
        for await text in logged where text == "no message from the coordinator for three heartbeats" { break }
        await worker.supervisor.drain("the test says so")
        let second = try FakeCoordinator(url: first.url)
        try await second.welcome()
        #expect(try await second.nextRelease().lease == 2)
        Gate.open("given-back")
        try (await worker.outcome()).get()
        await second.stop()
    }

    @Test func `two refusals at once replace the connection once, and the worker goes on`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.refuseTwice()
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["ok"])))
        #expect(try await coordinator.takeCells(1).cells == [100])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `greetings that are not answered are sent at longer and longer intervals`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.backoff = .milliseconds(40)...(.seconds(10)) }
        var times: [ContinuousClock.Instant] = []
        while times.count < 5 {
            _ = try await coordinator.next { if case .hello = $0.body { true } else { nil } }
            times.append(.now)
        }
        // 40, 80, 160, 320 ms.
        #expect(times[4] - times[3] > .milliseconds(200))
        try await coordinator.welcome()
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a coordinator that moved is found at the next address`() async throws {
        let first = try FakeCoordinator()
        // Nobody listens there before the first one is gone: a busy machine may have the worker look around earlier.
        let next = "ipc:///tmp/rg-next-\(UInt64.random(in: 0...UInt64.max))"
        let worker = try RunningWorker("ipc:///tmp/rg-nobody-\(UInt64.random(in: 0...UInt64.max))") {
            $0.urls += [first.url, next]
            $0.backoff = .milliseconds(50)...(.milliseconds(400))
        }
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["ok"])))
        let items = try await first.nextResult().items
        await first.stop()
        let second = try FakeCoordinator(url: next)
        // Where it was, then in turn; what was not acknowledged is sent there.
        let hello = try await second.welcome()
        #expect(hello.unacked == items.map(\.jobKey))
        #expect(try await second.takeCells(1).cells == [100])
        await worker.end()
        await second.stop()
    }

    @Test func `a worker that was welcomed does not give up`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.onLostTimeout = .seconds(1) }
        try await coordinator.welcome(heartbeat: 100)
        let begun = ContinuousClock.now
        while ContinuousClock.now - begun < .milliseconds(1_300) { #expect(try await heldLeases(coordinator) == []) }
        await worker.end()
        await coordinator.stop()
    }
}
