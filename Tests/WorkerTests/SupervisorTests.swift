import Foundation
import RouteGridBase
import Testing
import Wire
import Worker

@Suite(.timeLimit(.minutes(1))) struct SupervisorTests {
    @Test func `a worker greets, sends credit, computes cells and sends their results`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url, slots: 2)
        let hello = try await coordinator.welcome(heartbeat: 300)
        #expect(hello.protocol == WireProtocol.version)
        #expect(hello.role == .worker)
        #expect(hello.slots == 2)
        #expect(hello.numerics == ["test-class"])
        #expect(hello.boot.count == 16)
        let credit = try await coordinator.next { if case .credit(let credit) = $0.body { credit.groups } else { nil } }
        #expect(credit == 3)
        try await coordinator.send(.lease(lease(1, ["ok", "ok"])))
        let started = try await coordinator.next { if case .started(let started) = $0.body { started } else { nil } }
        #expect(started.lease == 1 && started.fence == 1001 && !started.hasCell)
        var items: [WireResultItem] = []
        while items.count < 2 {
            let result = try await coordinator.nextResult()
            #expect(result.lease == 1 && result.fence == 1001 && result.run == 7)
            items += result.items
        }
        #expect(items.map(\.cell) == [100, 101])
        #expect(items[0].jobKey == lease(1, ["ok"]).cells[0].jobKey)
        #expect(String(decoding: items[0].record, as: UTF8.self) == "{\"cell\":100}")
        let facts = try JSONValue(parsing: items[0].run, place: "run")
        #expect(facts["job_key"]?.stringValue == JobKey(bytes: items[0].jobKey)?.hex)
        #expect(facts["peak_rss"]?.integerValue ?? 0 > 0)
        // Held until the acknowledgement, and not after it.
        var held = try await heldLeases(coordinator)
        while held != [1] { held = try await heldLeases(coordinator) }
        try await coordinator.commit(items)
        while held != [] { held = try await heldLeases(coordinator) }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `quick cells travel together`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, Array(repeating: "ok", count: 2000))))
        let (cells, messages) = try await coordinator.takeCells(2000)
        #expect(cells == (100..<2100).map { UInt64($0) })
        #expect(messages < 500)
        await worker.end()
        await coordinator.stop()
    }

    @Test func `unacknowledged results survive a restart of the coordinator`() async throws {
        let first = try FakeCoordinator()
        let worker = try RunningWorker(first.url)
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["ok", "ok", "ok"])))
        var seen = Set<UInt64>()
        while seen.count < 3 { seen.formUnion(try await first.nextResult().items.map(\.cell)) }
        await first.stop()

        let second = try FakeCoordinator(url: first.url)
        let hello = try await second.welcome(heartbeat: 50)
        #expect(hello.unacked.count == 3)
        #expect(hello.held.map(\.lease) == [1])
        #expect(hello.held.first?.cells == [100, 101, 102])
        #expect(hello.held.first?.run == 7)
        let (cells, _) = try await second.takeCells(3)
        #expect(cells.sorted() == [100, 101, 102])
        // Another restart: nothing is left to send.
        var held = try await heldLeases(second)
        while held != [] { held = try await heldLeases(second) }
        await second.stop()
        let third = try FakeCoordinator(url: first.url)
        let last = try await third.welcome(heartbeat: 50)
        #expect(last.unacked.isEmpty && last.held.isEmpty)
        await worker.end()
        await third.stop()
    }

    @Test func `a coordinator that does not know the connection is greeted again`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        _ = try await coordinator.next { if case .credit(let credit) = $0.body { credit.groups } else { nil } }
        try await coordinator.send(.unknown(WireUnknown()))
        _ = try await coordinator.next { if case .hello(let hello) = $0.body { hello } else { nil } }
        let credit = try await coordinator.next { if case .credit(let credit) = $0.body { credit.groups } else { nil } }
        #expect(credit == 2)
        await worker.end()
        await coordinator.stop()
    }

    @Test func `another coordinator at the address gets nothing of the work for the one before`() async throws {
        let first = try FakeCoordinator()
        let worker = try RunningWorker(first.url)
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["ok"])))
        _ = try await first.nextResult()
        await first.stop()
        let second = try FakeCoordinator(url: first.url, identity: 2)
        try await second.welcome(heartbeat: 50)
        #expect(try await heldLeases(second).isEmpty)
        try await second.send(.lease(lease(2, ["ok"])))
        #expect(try await second.nextResult().lease == 2)
        await worker.end()
        await second.stop()
    }

    @Test func `a refused version ends the worker with the protocol code`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        var hello = try await coordinator.next { if case .hello(let hello) = $0.body { hello } else { nil } }
        hello.protocol = 99
        let refusal = try #require(WireProtocol.refusal(of: hello))
        try await coordinator.send(.refused(WireRefused(refusal)))
        let outcome = await worker.outcome()
        let error = #expect(throws: RouteGridError.self) { try outcome.get() }
        #expect(error?.code == .protocolRefused)
        #expect(error?.message.contains("version 99") == true)
        await coordinator.stop()
    }

    @Test func `a worker without a coordinator gives up in time`() async throws {
        let worker = try RunningWorker("tcp://127.0.0.1:1") { $0.onLostTimeout = .milliseconds(200) }
        let outcome = await worker.outcome()
        let error = #expect(throws: RouteGridError.self) { try outcome.get() }
        #expect(error?.code == .unreachable)
    }

    @Test func `an idle worker ends by itself`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.idleTimeout = .milliseconds(200) }
        try await coordinator.welcome()
        _ = try await coordinator.next { if case .goodbye = $0.body { true } else { nil } }
        try (await worker.outcome()).get()
        await coordinator.stop()
    }
}

/// The leases that the next heartbeat names.
func heldLeases(_ coordinator: FakeCoordinator) async throws -> [UInt64] {
    try await coordinator.next { if case .heartbeat(let beat) = $0.body { beat.leases.map(\.lease) } else { nil } }
}
