import Foundation
import RouteGridBase
import Testing
import Wire

@Suite(.timeLimit(.minutes(1))) struct LeaseTests {
    @Test func `data is fetched in chunks, checked and kept`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        let content = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let blob = Digest(hashing: content)
        let empty = Digest(hashing: [])
        try await coordinator.send(.lease(lease(1, ["ok"], data: [blob, empty])))
        for served in 0..<4 {
            let fetch = try await coordinator.nextFetch()
            // An answer that comes twice is taken once.
            for _ in 0..<(served < 2 ? 2 : 1) { try await coordinator.serve(fetch, [blob: content, empty: []]) }
        }
        #expect(try await coordinator.takeCells(1).cells == [100])
        // The next lease finds it there.
        try await coordinator.send(.lease(lease(2, ["ok"], data: [blob, empty])))
        let next = try await coordinator.next { message -> String? in
            switch message.body {
            case .fetch: "fetch"
            case .result: "result"
            default: nil
            }
        }
        #expect(next == "result")
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a request for data that was refused for now is sent again`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        let content = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
        let blob = Digest(hashing: content)
        try await coordinator.send(.lease(lease(1, ["ok"], data: [blob])))
        try await coordinator.serve(try await coordinator.nextFetch(), [blob: content])
        // Of the two parts that remain the first is refused; the second alone is of no use.
        let refusedPart = try await coordinator.nextFetch()
        var refused = WireRefused()
        (refused.code, refused.text) = (RouteGridError.Code.temporary.name, "1024 reads are under way")
        try await coordinator.send(.refused(refused))
        try await coordinator.serve(try await coordinator.nextFetch(), [blob: content])
        for part in 1...2 {
            let again = try await coordinator.nextFetch()
            #expect(again.offset == refusedPart.offset * UInt64(part))
            try await coordinator.serve(again, [blob: content])
        }
        #expect(try await coordinator.takeCells(1).cells == [100])
        await worker.end()
        await coordinator.stop()
    }

    @Test(arguments: [true, false]) func `data that is missing or wrong fails the lease`(isMissing: Bool) async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        let blob = Digest(hashing: [1, 2, 3])
        try await coordinator.send(.lease(lease(1, ["ok"], data: [blob])))
        try await coordinator.serve(try await coordinator.nextFetch(), isMissing ? [:] : [blob: [3, 2, 1]])
        let failed = try await coordinator.nextFailure()
        #expect(failed.lease == 1 && !failed.hasCell && failed.retryable)
        #expect(failed.text.contains(isMissing ? "has no blob" : "other content"))
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a large blob is stored before the result that names it, a small one travels inside`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["blob 10", "blob 1500000"])))
        var (log, received, cells): ([String], Int, [UInt64]) = ([], 0, [])
        while cells.count < 2 {
            let message = try await coordinator.next { $0 }
            switch message.body {
            case .put(let put):
                received += message.data?.count ?? 0
                var stored = WireStored()
                stored.sha = put.sha
                stored.nextOffset = UInt64(received)
                stored.complete = received == 1_500_000
                log.append("put \(put.offset)")
                try await coordinator.send(.stored(stored))
            case .result(let result):
                for item in result.items { log.append("cell \(item.cell) with \(item.inline.count) inside") }
                cells += result.items.map(\.cell)
            default: break
            }
        }
        #expect(log.filter { !$0.hasPrefix("cell 100") } == ["put 0", "put 1048576", "cell 101 with 0 inside"])
        #expect(log.contains("cell 100 with 1 inside"))
        await worker.end()
        await coordinator.stop()
    }

    @Test func `a drain releases what is not started and waits for the rest`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["hang", "ok"])))
        try await coordinator.send(.lease(lease(2, ["ok"])))
        _ = try await coordinator.next { message -> Bool? in
            if case .started(let started) = message.body, started.hasCell { true } else { nil }
        }
        try await coordinator.tellToDrain()
        // One that was granted before the coordinator's drain arrived.
        try await coordinator.send(.lease(lease(3, ["ok"])))
        var released: [UInt64: [UInt64]] = [:]
        while released.count < 3 {
            let release = try await coordinator.nextRelease()
            released[release.lease] = release.cells
        }
        #expect(released == [1: [101], 2: [], 3: []])
        // The hanging cell is released when its grace is over.
        #expect(try await coordinator.nextRelease().lease == 1)
        _ = try await coordinator.next { if case .goodbye = $0.body { true } else { nil } }
        try (await worker.outcome()).get()
        await coordinator.stop()
    }

    @Test func `a revoked lease ends its slot and blames nothing`() async throws {
        let coordinator = try FakeCoordinator()
        let worker = try RunningWorker(coordinator.url)
        try await coordinator.welcome()
        try await coordinator.send(.lease(lease(1, ["hang"])))
        try await coordinator.send(.lease(lease(2, ["ok"])))
        try await coordinator.send(.lease(lease(3, ["ok"])))
        _ = try await coordinator.next { message -> Bool? in
            if case .started(let started) = message.body, started.hasCell { true } else { nil }
        }
        for id in [2, 1] as [UInt64] { try await coordinator.revoke(id) }
        let next = try await coordinator.next { message -> String? in
            switch message.body {
            case .failed: "failed"
            case .result(let result): "result of \(result.lease)"
            default: nil
            }
        }
        #expect(next == "result of 3")
        await worker.end()
        await coordinator.stop()
    }
}
