import Foundation
import RouteGridBase
import Testing
import Wire

/// Who is blamed for what.
@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    @Test func `a crash is blamed on its cell and the others are computed`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["ok", "crash", "ok"])))
        var (cells, failed): ([UInt64], WireFailed?) = ([], nil)
        while cells.count < 2 || failed == nil {
            let message = try await coordinator.next { $0 }
            if case .result(let result) = message.body { cells += result.items.map(\.cell) }
            if case .failed(let one) = message.body { failed = one }
        }
        #expect(failed?.cell == 101)
        #expect(failed?.kind == .crash)
        #expect(failed?.text.contains("signal 4 (illegal instruction) while evaluating cell 101") == true)
        #expect(Set(cells) == [100, 102])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a crash of the fit is blamed on the fit`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, fit: "crash", ["ok", "ok"])))
        let failed = try await coordinator.nextFailure()
        #expect(!failed.hasCell && failed.kind == .crash && failed.lease == 1 && failed.fence == 1001)
        // The slot is there again.
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.takeCells(1).cells == [200])
        await worker.end()
        await coordinator.stop()
    }

    @Test(arguments: [true, false]) func `a hang is ended by its time limit`(inFit: Bool) async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        var hanging = inFit ? lease(1, fit: "hang", ["ok"]) : lease(1, ["hang", "ok"])
        (hanging.fitTimeoutMs, hanging.cellTimeoutMs) = inFit ? (1000, 100_000) : (100_000, 1000)
        try await coordinator.send(.lease(hanging))
        let failed = try await coordinator.nextFailure()
        #expect(failed.kind == .timeout)
        #expect(failed.hasCell == !inFit && failed.retryable)
        #expect(failed.text.contains("took longer than 1.0 seconds"))
        if !inFit { #expect(try await coordinator.takeCells(1).cells == [101]) }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a long cell is announced before it is over`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["ok", "hang"])))
        let cell = try await coordinator.next { message -> UInt64? in
            guard case .started(let started) = message.body, started.hasCell else { return nil }
            return started.cell
        }
        #expect(cell == 101)
        await worker.end()
        await coordinator.stop()
    }

    @Test func `an error of a cell is reported and the next cell goes on in the same slot`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["error", "ok"])))
        let failed = try await coordinator.nextFailure()
        #expect(failed.kind == .error && failed.cell == 100 && !failed.retryable && failed.text == "told to fail")
        #expect(try await coordinator.takeCells(1).cells == [101])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a class that the worker has not is refused`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        var foreign = lease(1, ["ok"])
        foreign.fit = Data("{\"numerics\":\"other\"}".utf8)
        try await coordinator.send(.lease(foreign))
        let failed = try await coordinator.nextFailure()
        #expect(failed.kind == .refused && failed.text.contains("no numerics class \"other\""))
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a failure that no coordinator received is sent after the next greeting`() async throws {
        let first = try FakeCoordinator()
        let (logged, line) = AsyncStream.makeStream(of: String.self)
        let worker = try RunningWorker(first.url, log: line)
        try await first.welcome(heartbeat: 50)
        try await first.send(.lease(lease(1, ["gate unheard"])))
        _ = try await first.next { if case .started(let started) = $0.body { started } else { nil } }
        await first.stop()
        var lines: [String] = []
        for await text in logged {
            lines.append(text)
            if text == "no message from the coordinator for three heartbeats" { Gate.open("unheard") }
            if text == "failed" { break }
        }
        let second = try FakeCoordinator(url: first.url)
        try await second.welcome()
        let failed = try await second.nextFailure()
        #expect(failed.cell == 100 && failed.kind == .error && failed.text == "the gate was opened")
        await worker.end()
        await second.stop()
    }
}
