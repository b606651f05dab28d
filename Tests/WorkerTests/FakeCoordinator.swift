import Foundation
import RouteGridBase
import Testing
import Wire
import ZeroMQ

/// A coordinator that a test plays: it reads what the worker sends, one message after the other, and answers.
final class FakeCoordinator: @unchecked Sendable {
    let url: String
    private let loop: ZMQEventLoop
    // Touched on the loop only.
    private var router: ZMQSocket?
    private let peer = LockedBox<[UInt8]?>(nil)
    private let messages: AsyncStream<WireMessage>
    private var iterator: AsyncStream<WireMessage>.AsyncIterator
    /// Given again to whoever greets after the first.
    private let repeatedWelcome = LockedBox<WireWelcome?>(nil)
    let identity: UInt8

    /// Listens at `wanted`, or at a path that nobody else takes when this one goes; another `identity` is another state
    /// folder.
    init(url wanted: String? = nil, identity: UInt8 = 1) throws {
        self.identity = identity
        let (messages, message) = AsyncStream.makeStream(of: WireMessage.self)
        self.messages = messages
        iterator = messages.makeAsyncIterator()
        loop = try ZMQEventLoop(name: "fake")
        let (loop, peer, repeated) = (loop, peer, repeatedWelcome)
        let context = try ZMQContext()
        let box = LockedBox<ZMQSocket?>(nil)
        url = try loop.runSync {
            let router = try context.socket(.router)
            let url = try FakeCoordinator.bind(router, at: wanted)
            var greeted = Set<[UInt8]>()
            loop.onReadable(router) { received in
                for one in received {
                    guard let parsed = try? WireMessage(frames: one.frames.dropFirst()) else { continue }
                    if case .hello = parsed.body {
                        greeted.insert(one.frames[0])
                        peer.withLock { $0 = one.frames[0] }
                        // On a busy machine a worker may miss three heartbeats and greet again: it is welcome again.
                        if let welcome = repeated.withLock({ $0 }) {
                            _ = try? router.send([one.frames[0]] + WireMessage(.welcome(welcome)).frames())
                        }
                    }
                    if !greeted.contains(one.frames[0]) {
                        _ = try? router.send([one.frames[0]] + WireMessage(.unknown(WireUnknown())).frames())
                        continue
                    }
                    if case .heartbeat = parsed.body {
                        _ = try? router.send([one.frames[0]] + WireMessage(.heartbeat(WireHeartbeat())).frames())
                    }
                    message.yield(parsed)
                }
            }
            nonisolated(unsafe) let opened = router
            box.withLock { $0 = opened }
            return url
        }
        router = box.withLock { $0 }
    }

    private static func bind(_ router: ZMQSocket, at wanted: String?) throws(RouteGridError) -> String {
        let folder = FileManager.default.temporaryDirectory.path
        let url = wanted ?? "ipc://\(folder)/rg-fake-\(UInt64.random(in: 0...UInt64.max))"
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do throws(RouteGridError) { return try router.bind(url) } catch {
                // libzmq lets go of the address in a thread of its own, after the one before was closed.
                guard wanted != nil, error.code == .temporary, ContinuousClock.now < deadline else { throw error }
                usleep(10_000)
            }
        }
    }

    /// Closes the socket at once, as a killed process does.
    func stop() async {
        let loop = loop
        try? await loop.run { [self] in
            if let router { loop.close(router) }
            router = nil
        }
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                loop.stop()
                continuation.resume()
            }
        }
    }

    func send(_ body: WireEnvelope.OneOf_Body, data: [UInt8]? = nil) async throws {
        try await loop.run { [self] in
            let route = try #require(peer.withLock { $0 })
            _ = try router?.send([route] + WireMessage(body, data: data).frames())
        }
    }

    /// The next message that `pick` wants; others are passed over.
    func next<Value>(_ pick: (WireMessage) throws -> Value?) async throws -> Value {
        while let message = await iterator.next(isolation: #isolation) {
            if let value = try pick(message) { return value }
        }
        throw RouteGridError(.system, "the conversation ended")
    }

    /// Waits for the greeting and welcomes; a worker connects anew after three heartbeats without a message.
    @discardableResult
    func welcome(
        heartbeat milliseconds: UInt32 = 5000,
        maximumFrame: Int = WireProtocol.maximumFrame
    ) async throws -> WireHello {
        let hello = try await next { if case .hello(let hello) = $0.body { hello } else { nil } }
        var welcome = WireWelcome()
        welcome.coordinator = Data(repeating: identity, count: 16)
        welcome.heartbeatMs = milliseconds
        welcome.leaseMs = 5000
        welcome.maxFrame = UInt64(maximumFrame)
        try await send(.welcome(welcome))
        repeatedWelcome.withLock { $0 = welcome }
        return hello
    }

    func nextResult() async throws -> WireResult {
        try await next { if case .result(let result) = $0.body { result } else { nil } }
    }

    func nextFailure() async throws -> WireFailed {
        try await next { if case .failed(let failed) = $0.body { failed } else { nil } }
    }

    func nextRelease() async throws -> WireRelease {
        try await next { if case .release(let release) = $0.body { release } else { nil } }
    }

    func nextFetch() async throws -> WireFetch {
        try await next { if case .fetch(let fetch) = $0.body { fetch } else { nil } }
    }

    /// Answers a question for a part of a blob.
    func serve(_ fetch: WireFetch, _ blobs: [Digest: [UInt8]]) async throws {
        var chunk = WireChunk()
        (chunk.sha, chunk.offset) = (fetch.sha, fetch.offset)
        let digest = try #require(Digest(bytes: fetch.sha))
        guard let content = blobs[digest] else {
            chunk.missing = true
            return try await send(.chunk(chunk), data: [])
        }
        chunk.total = UInt64(content.count)
        let end = min(content.count, Int(fetch.offset + fetch.length))
        try await send(.chunk(chunk), data: Array(content[Int(fetch.offset)..<end]))
    }

    /// Takes cells of a lease back; none named is all.
    func revoke(_ lease: UInt64, _ cells: [UInt64] = []) async throws {
        var revoke = WireRevoke()
        (revoke.lease, revoke.cells) = (lease, cells)
        try await send(.revoke(revoke))
    }

    /// Refuses a worker that was welcomed, with two messages that arrive in one batch; nobody is welcome again by
    /// itself.
    func refuseTwice() async throws {
        repeatedWelcome.withLock { $0 = nil }
        try await loop.run { [self] in
            let route = try #require(peer.withLock { $0 })
            var refused = WireRefused()
            (refused.code, refused.text) = (RouteGridError.Code.refused.name, "revoked")
            let refusal = try WireMessage(.refused(refused)).frames()
            for _ in 0..<2 { _ = try router?.send([route] + refusal) }
        }
    }

    func tellToDrain() async throws {
        var done = WireDone()
        done.text = "drain"
        try await send(.done(done))
    }

    /// Waits until the worker has handled all that it was sent: it answers a lease of a class that it has not.
    func settle() async throws {
        var foreign = lease(999, ["ok"])
        foreign.fit = Data("{\"numerics\":\"nobody's\"}".utf8)
        try await send(.lease(foreign))
        _ = try await next { message -> Bool? in
            if case .failed(let failed) = message.body, failed.lease == 999 { true } else { nil }
        }
    }

    /// What the worker sends next of these: a result, a failure, a release or goodbye, in words.
    func nextEvent() async throws -> String {
        try await next { message -> String? in
            switch message.body {
            case .result(let result): "result \(result.items.map(\.cell))"
            case .failed(let failed): "failure \(failed.lease)"
            case .release(let release): "release \(release.lease)"
            case .goodbye: "goodbye"
            default: nil
            }
        }
    }

    func commit(_ items: [WireResultItem]) async throws {
        var committed = WireCommitted()
        committed.jobKeys = items.reduce(into: Data()) { $0 += $1.jobKey }
        committed.resultShas = items.reduce(into: Data()) { $0 += $1.resultSha }
        committed.verdicts = items.map { _ in .new }
        try await send(.committed(committed))
    }

    /// Takes results until so many cells are there, acknowledging each message; repeated ones are counted once.
    func takeCells(_ count: Int) async throws -> (cells: [UInt64], messages: Int) {
        var (cells, messages): ([UInt64], Int) = ([], 0)
        while cells.count < count {
            let result = try await nextResult()
            cells += result.items.map(\.cell).filter { !cells.contains($0) }
            messages += 1
            try await commit(result.items)
        }
        return (cells, messages)
    }
}

/// A lease whose cells do what their texts say (see ``ScriptedExecutor``).
func lease(_ number: UInt64, fit: String = "ok", _ cells: [String], data: [Digest] = []) -> WireLease {
    var lease = WireLease()
    (lease.lease, lease.fence, lease.run) = (number, number + 1000, 7)
    lease.fit = Data("{\"numerics\":\"test-class\",\"does\":\"\(fit)\"}".utf8)
    lease.labels = Data("{}".utf8)
    lease.cells = cells.enumerated().map { index, does in
        var cell = WireLeasedCell()
        cell.cell = number * 100 + UInt64(index)
        cell.jobKey = JobKey(hashing: Array("\(number)/\(index)".utf8)).data
        cell.eval = Data(does.utf8)
        return cell
    }
    lease.data = data.map { digest in
        var reference = WireBlobRef()
        reference.sha = digest.data
        return reference
    }
    return lease
}
