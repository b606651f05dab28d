import Foundation
import RouteGridBase
import Synchronization
import Testing
import Wire
import Worker

/// One cache folder for the workers of a machine, which come and go.
@Suite(.timeLimit(.minutes(1))) struct SharedCacheTests {
    let folder = "\(FileManager.default.temporaryDirectory.path)/rg-shared-\(UInt64.random(in: 0...UInt64.max))"
    /// Three chunks.
    let content = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var blob: Digest { Digest(hashing: content) }

    private func worker(_ coordinator: FakeCoordinator) throws -> RunningWorker {
        try RunningWorker(coordinator.url) { $0.cacheFolder = folder }
    }

    @Test func `a worker goes on with what one that ended has downloaded`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try FakeCoordinator()
        let ended = try worker(first)
        try await first.welcome()
        try await first.send(.lease(lease(1, ["ok"], data: [blob])))
        try await first.serve(try await first.nextFetch(), [blob: content])
        while try await first.nextFetch().offset != 1 << 20 {}
        await ended.end()
        await first.stop()
        let second = try FakeCoordinator()
        let next = try worker(second)
        try await second.welcome()
        try await second.send(.lease(lease(2, ["ok"], data: [blob])))
        let fetch = try await second.nextFetch()
        #expect(fetch.offset == 1 << 20)
        try await second.serve(fetch, [blob: content])
        try await second.serve(try await second.nextFetch(), [blob: content])
        #expect(try await second.takeCells(1).cells == [200])
        await next.end()
        await second.stop()
    }

    @Test func `what was left damaged is downloaded anew`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 10 << 20)
        try Data(count: 1 << 20).write(to: URL(fileURLWithPath: cache.temporaryPath(of: blob)))
        let coordinator = try FakeCoordinator()
        let worker = try worker(coordinator)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["ok"], data: [blob])))
        var offsets: [UInt64] = []
        while offsets.count < 5 {
            let fetch = try await coordinator.nextFetch()
            offsets.append(fetch.offset)
            try await coordinator.serve(fetch, [blob: content])
        }
        #expect(offsets == [1 << 20, 2 << 20, 0, 1 << 20, 2 << 20])
        #expect(try await coordinator.takeCells(1).cells == [100])
        await worker.end()
        await coordinator.stop()
    }

    @Test func `of two workers one downloads a blob, and the other waits for it`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (first, second) = (try FakeCoordinator(), try FakeCoordinator())
        let (loading, waiting) = (try worker(first), try worker(second))
        try await first.welcome()
        try await first.send(.lease(lease(1, ["ok"], data: [blob])))
        let fetch = try await first.nextFetch()
        try await second.welcome()
        try await second.send(.lease(lease(2, ["ok"], data: [blob])))
        try await second.settle()
        try await first.serve(fetch, [blob: content])
        for _ in 0..<2 { try await first.serve(try await first.nextFetch(), [blob: content]) }
        #expect(try await first.takeCells(1).cells == [100])
        let fetches = Atomic<Int>(0)
        let result = try await second.next { message -> WireResult? in
            if case .fetch = message.body { fetches.add(1, ordering: .relaxed) }
            if case .result(let result) = message.body { return result }
            return nil
        }
        #expect(result.items.map(\.cell) == [200])
        #expect(fetches.load(ordering: .relaxed) == 0)
        for worker in [loading, waiting] { await worker.end() }
        for coordinator in [first, second] { await coordinator.stop() }
    }

    @Test func `when the one that downloads ends, the other goes on`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (first, second) = (try FakeCoordinator(), try FakeCoordinator())
        let (loading, waiting) = (try worker(first), try worker(second))
        try await first.welcome()
        try await first.send(.lease(lease(1, ["ok"], data: [blob])))
        try await first.serve(try await first.nextFetch(), [blob: content])
        while try await first.nextFetch().offset != 1 << 20 {}
        try await second.welcome()
        try await second.send(.lease(lease(2, ["ok"], data: [blob])))
        try await second.settle()
        await loading.end()
        let fetch = try await second.nextFetch()
        #expect(fetch.offset == 1 << 20)
        try await second.serve(fetch, [blob: content])
        try await second.serve(try await second.nextFetch(), [blob: content])
        #expect(try await second.takeCells(1).cells == [200])
        await waiting.end()
        for coordinator in [first, second] { await coordinator.stop() }
    }

    @Test func `one worker does not remove what another one needs, and both count together`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (first, second) = (
            try BlobCache(folder: folder, limit: 2500), try BlobCache(folder: folder, limit: 2500)
        )
        let blobs = try (0..<2).map { try add($0, to: first) }
        first.pin(blobs[0])
        // Two are there already, the first in use.
        let third = try add(2, to: second)
        #expect(second.contains(blobs[0]) && !second.contains(blobs[1]) && second.contains(third))
        first.unpin(blobs[0])
        // The first was used last by `contains`, through the other cache.
        #expect(second.contains(blobs[0]))
        let fourth = try add(3, to: first)
        #expect(first.contains(fourth))
        #expect(first.byteCount <= 2500)
    }

    @Test func `what was left and is of no use any more is removed before what is whole`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlobCache(folder: folder, limit: 2500)
        let whole = try add(0, to: cache)
        let left = cache.temporaryPath(of: Digest(hashing: [9]))
        try Data(count: 1000).write(to: URL(fileURLWithPath: left))
        let next = try add(1, to: cache)
        #expect(cache.contains(whole) && cache.contains(next))
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    private func add(_ seed: Int, to cache: BlobCache) throws -> Digest {
        let content = Data(repeating: UInt8(seed), count: 1000)
        let digest = Digest(hashing: content)
        let path = cache.temporaryPath(of: digest)
        try content.write(to: URL(fileURLWithPath: path))
        try cache.adopt(path, as: digest)
        return digest
    }
}
