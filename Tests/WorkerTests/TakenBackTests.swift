import Foundation
import RouteGridBase
import Testing
import Wire
import Worker

/// Leases that are sent twice, taken back, or share their data.
@Suite(.timeLimit(.minutes(1))) struct TakenBackTests {
    @Test func `a cell that was taken back before its turn is not computed, those around it are`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome(heartbeat: 50)
        try await coordinator.send(.lease(lease(1, ["gate taken-back ok", "ok", "ok", "ok"])))
        _ = try await coordinator.next { if case .started(let started) = $0.body { started } else { nil } }
        try await coordinator.revoke(1, [101, 102])
        // The slot reads it in a thread of its own, which has the time of some heartbeats for it.
        for _ in 0..<6 { #expect(try await heldLeases(coordinator) == [1]) }
        Gate.open("taken-back")
        // The next lease begins when nothing of this one is left.
        try await coordinator.send(.lease(lease(2, ["ok"])))
        #expect(try await coordinator.takeCells(3).cells == [100, 103, 200])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a lease that is sent twice is one lease`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url, slots: 2)
        try await coordinator.welcome(heartbeat: 50)
        for _ in 0..<2 { try await coordinator.send(.lease(lease(1, ["gate twice ok"]))) }
        try await coordinator.settle()
        for _ in 0..<2 { #expect(try await heldLeases(coordinator) == [1]) }
        Gate.open("twice")
        #expect(try await coordinator.takeCells(1).cells == [100])
        var held = try await heldLeases(coordinator)
        while held != [] { held = try await heldLeases(coordinator) }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a lease that was taken back whole is named no more, and what it had computed is kept`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome(heartbeat: 50)
        try await coordinator.send(.lease(lease(1, ["ok", "hang"])))
        let items = try await coordinator.nextResult().items
        #expect(items.map(\.cell) == [100])
        try await coordinator.revoke(1)
        try await coordinator.settle()
        #expect(try await heldLeases(coordinator) == [])
        try await coordinator.send(.unknown(WireUnknown()))
        #expect(try await coordinator.takeCells(1).cells == [100])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `leases that wait for one blob go on together, and one that goes takes only its own along`() async throws
    {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url, slots: 2)
        try await coordinator.welcome()
        let blobs = Dictionary(
            uniqueKeysWithValues: ([[1], [2]] as [[UInt8]]).map { (Digest(hashing: $0), $0) }
        )
        let (gone, shared) = (Digest(hashing: [1]), Digest(hashing: [2]))
        try await coordinator.send(.lease(lease(1, ["ok"], data: [gone, shared])))
        for number in [2, 3] as [UInt64] {
            try await coordinator.send(.lease(lease(number, ["ok"], data: [shared])))
        }
        let asked = [try await coordinator.nextFetch(), try await coordinator.nextFetch()]
        try await coordinator.revoke(1)
        try await coordinator.settle()
        for fetch in asked { try await coordinator.serve(fetch, blobs) }
        #expect(Set(try await coordinator.takeCells(2).cells) == [200, 300])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `data that a lease waits with stays in a full cache, and goes when the lease is over`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url) { $0.cacheLimit = 1_500 }
        try await coordinator.welcome()
        let contents = (1...3).map { [UInt8](repeating: $0, count: 1_000) }
        let blobs = Dictionary(uniqueKeysWithValues: contents.map { (Digest(hashing: $0), $0) })
        let digests = contents.map { Digest(hashing: $0) }
        try await coordinator.send(.lease(lease(1, ["gate full-cache ok"])))
        for number in [2, 3] as [UInt64] {
            try await coordinator.send(.lease(lease(number, ["ok"], data: [digests[Int(number) - 2]])))
            try await coordinator.serve(try await coordinator.nextFetch(), blobs)
        }
        try await coordinator.settle()
        Gate.open("full-cache")
        #expect(try await coordinator.takeCells(3).cells == [100, 200, 300])
        try await coordinator.send(.lease(lease(4, ["ok"], data: [digests[2]])))
        try await coordinator.serve(try await coordinator.nextFetch(), blobs)
        #expect(try await coordinator.takeCells(1).cells == [400])
        let kept = try FileManager.default.subpathsOfDirectory(atPath: worker.folder).filter { $0.contains("/") }
        #expect(kept.count == 1, "\(kept)")
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a blob inside results of two leases is inside both`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        for number in [1, 2] as [UInt64] {
            try await coordinator.send(.lease(lease(number, ["blob 10"])))
            let items = try await coordinator.nextResult().items
            #expect(items.map(\.inline.count) == [1], "lease \(number)")
            try await coordinator.commit(items)
        }
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a worker whose results are not acknowledged asks for no more until they are`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        // 65 MiB of results, each with another blob inside.
        try await coordinator.send(.lease(lease(1, (0..<260).map { "blob \(262_000 - $0)" })))
        var (credits, results): ([UInt32], [WireResult]) = ([], [])
        while credits.last != 0 || results.reduce(0, { $0 + $1.items.count }) < 260 {
            let message = try await coordinator.next { $0 }
            if case .credit(let credit) = message.body { credits.append(credit.groups) }
            if case .result(let result) = message.body { results.append(result) }
        }
        for result in results { try await coordinator.commit(result.items) }
        _ = try await coordinator.next { message -> Bool? in
            if case .credit(let credit) = message.body, credit.groups > 0 { true } else { nil }
        }
        await worker.end()
        await coordinator.stop()
    }
}
