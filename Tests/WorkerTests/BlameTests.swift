import Foundation
import RouteGridBase
import Testing
import Wire
import Worker

/// What a slot's end is called, and what of its lease goes on.
@Suite(.timeLimit(.minutes(1))) struct BlameTests {
    @Test func `a slot over its limit of memory is ended and its cell may be tried again`() async throws {
        let coordinator = try FakeCoordinator()
        let watch = SlotWatch()
        let worker = try RunningWorker(coordinator.url, launcher: ThreadSlotLauncher(watch: watch))
        try await coordinator.welcome()
        var limited = lease(1, ["hang", "ok"])
        limited.memoryLimit = 100 << 20
        watch.residentBytes.withLock { $0 = 200 << 20 }
        try await coordinator.send(.lease(limited))
        let failed = try await coordinator.nextFailure()
        #expect(failed.kind == .memory && failed.retryable)
        #expect(failed.text == "used 200 MiB of memory; the limit is 100 MiB")
        watch.residentBytes.withLock { $0 = 1 << 20 }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `every task has its own limit of memory`() async throws {
        let coordinator = try FakeCoordinator()
        let watch = SlotWatch()
        let worker = try RunningWorker(coordinator.url, launcher: ThreadSlotLauncher(watch: watch))
        try await coordinator.welcome()
        for (number, limit) in [(1, 100), (2, 100), (3, 300), (4, 0)] as [(UInt64, UInt64)] {
            var limited = lease(number, ["ok"])
            limited.memoryLimit = limit << 20
            try await coordinator.send(.lease(limited))
            #expect(try await coordinator.takeCells(1).cells == [number * 100])
            try await coordinator.settle()
        }
        // With room for the supervisor to come first; sent when it changes.
        #expect(watch.limits.withLock { $0 } == [612 << 20, 812 << 20, 0])
        await worker.end()
        await coordinator.stop()
    }

    @Test(arguments: [(10, WireFailed.Kind.crash), (950, .memory)] as [(Int64, WireFailed.Kind)])
    func `an end near the limit of memory is called that, and another is not`(
        mebibytes: Int64,
        kind: WireFailed.Kind
    ) async throws {
        let coordinator = try FakeCoordinator()
        let watch = SlotWatch()
        let worker = try RunningWorker(coordinator.url, launcher: ThreadSlotLauncher(watch: watch))
        try await coordinator.welcome()
        // The task before held much, and does not count.
        var (before, ending) = (lease(1, ["gate before-\(mebibytes)"]), lease(2, ["gate near-\(mebibytes) crash"]))
        (before.memoryLimit, ending.memoryLimit) = (1_000 << 20, 1_000 << 20)
        for (number, (task, held)) in [(before, 950), (ending, mebibytes)].enumerated() {
            watch.residentBytes.withLock { $0 = held << 20 }
            try await coordinator.send(.lease(task))
            // The supervisor reads a cell's memory before it reports that the cell lasts.
            _ = try await coordinator.next { message -> Bool? in
                if case .started(let started) = message.body, started.hasCell, started.lease == task.lease {
                    true
                } else {
                    nil
                }
            }
            if number == 0 { watch.residentBytes.withLock { $0 = 10 << 20 } }
            Gate.open("\(number == 0 ? "before" : "near")-\(mebibytes)")
            let failed = try await coordinator.nextFailure()
            #expect(failed.kind == (number == 0 ? .error : kind))
        }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a failure carries what its own task wrote to standard error`() async throws {
        let coordinator = try FakeCoordinator()
        let launcher = ThreadSlotLauncher(watch: SlotWatch(hasLog: true))
        let worker = try RunningWorker(coordinator.url, launcher: launcher)
        try await coordinator.welcome()
        for number in [1, 2] as [UInt64] {
            try await coordinator.send(.lease(lease(number, ["say words-\(number)", "error"])))
            let failed = try await coordinator.nextFailure()
            #expect(String(decoding: failed.logTail, as: UTF8.self) == "words-\(number)\n")
            try await coordinator.settle()
        }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a lease that ends three slots is released`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["crash", "crash", "crash", "ok", "ok"])))
        for cell in [100, 101, 102] as [UInt64] { #expect(try await coordinator.nextFailure().cell == cell) }
        let release = try await coordinator.nextRelease()
        #expect(release.lease == 1)
        // The slot is there for others.
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.takeCells(1).cells == [200])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a fit that fails ends its task`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, fit: "error", ["ok"])))
        let failed = try await coordinator.nextFailure()
        #expect(!failed.hasCell && failed.kind == .error && failed.text == "told to fail")
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.nextEvent() == "result [200]")
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a slot that ends after its last result is blamed on nothing`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, fit: "late end", ["ok"])))
        let items = try await coordinator.nextResult().items
        Gate.open("end")
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.nextEvent() == "result [200]")
        try await coordinator.commit(items)
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a record larger than the coordinator takes fails its cell for good`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome(maximumFrame: 100_000)
        try await coordinator.send(.lease(lease(1, ["blob 200000"])))
        let failed = try await coordinator.nextFailure()
        #expect(failed.cell == 100 && failed.kind == .error && !failed.retryable)
        #expect(failed.text.contains("the coordinator takes at most 100000"))
        await worker.end()
        await coordinator.stop()
    }
}
