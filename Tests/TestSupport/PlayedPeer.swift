import Foundation
package import RouteGridBase
package import Wire
package import ZeroMQ

/// A peer of a coordinator, played by a test.
package final class PlayedPeer {
    /// The numerics class that it says to be of, unless it is told another.
    package static let numerics = "test-class"

    private let context: ZMQContext
    private let socket: ZMQSocket
    /// Leases that came while something else was waited for.
    private var leases: [WireLease] = []
    private var hello = WireHello()

    /// Greets and is welcomed; a process that comes back names its `boot` and what it holds.
    package init(
        _ url: String,
        role: WireRole,
        boot: [UInt8] = WireProtocol.makeBootID(),
        holding held: [(lease: WireLease, cells: [UInt64])] = [],
        name: String = "played",
        numerics: [String] = [PlayedPeer.numerics],
        security: SocketSecurity = .plaintext,
        receiveHighWater: Int = SocketOptions().receiveHighWater,
        greets: Bool = true,
        isWelcome: Bool = true
    ) throws {
        context = try ZMQContext()
        var options = SocketOptions()
        options.security = security
        options.receiveHighWater = receiveHighWater
        socket = try context.socket(.dealer, options: options)
        try socket.connect(url)
        (hello.protocol, hello.role, hello.name) = (WireProtocol.version, role, name)
        (hello.boot, hello.slots, hello.numerics) = (Data(boot), 1, numerics)
        hello.memory = 64 << 30
        hello.held = held.map { lease, cells in
            var reference = WireLeaseRef()
            (reference.lease, reference.fence, reference.run) = (lease.lease, lease.fence, lease.run)
            reference.cells = cells
            return reference
        }
        guard greets else { return }
        try greet()
        guard isWelcome else { return }
        _ = try next { if case .welcome = $0 { true } else { nil } }
    }

    private static func require(_ holds: Bool, _ why: String) throws {
        if !holds { throw RouteGridError(.checkFailed, why) }
    }

    package func greet() throws { try say(.hello(hello)) }

    /// What the coordinator refuses next.
    package func refusal() throws -> WireRefused {
        try next { if case .refused(let refused) = $0 { refused } else { nil } }
    }

    deinit { socket.close(discarding: true) }

    package func say(_ body: WireEnvelope.OneOf_Body, data: [UInt8]? = nil) throws {
        try Self.require(try socket.send(WireMessage(body, data: data).frames()) == .sent, "the message was not sent")
    }

    package func say(frame: [UInt8]) throws {
        try Self.require(try socket.send([frame]) == .sent, "the frame was not sent")
    }

    /// The next message that `pick` wants; others are passed over.
    package func next<Value>(
        within limit: Duration = .seconds(30),
        _ pick: (WireEnvelope.OneOf_Body) throws -> Value?
    ) throws -> Value {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            while let message = try socket.receive() {
                let body = try WireMessage(frames: message.frames[...]).body
                if let value = try pick(body) { return value }
                if case .lease(let lease) = body { leases.append(lease) }
            }
            try socket.wait(.milliseconds(20))
        }
        throw RouteGridError(.unreachable, "nothing of that kind came within \(limit)")
    }

    package func nextLease(within limit: Duration = .seconds(30)) throws -> WireLease {
        guard leases.isEmpty else { return leases.removeFirst() }
        return try next(within: limit) { if case .lease(let lease) = $0 { lease } else { nil } }
    }

    /// Whether nothing of a kind comes for a time.
    package func isSpared(
        for time: Duration = .milliseconds(300),
        _ pick: (WireEnvelope.OneOf_Body) throws -> Bool?
    ) -> Bool {
        (try? next(within: time, pick)) == nil
    }

    /// Waits until all that was sent is handled; what else comes meanwhile, but for leases, is passed over.
    package func settle() throws {
        try say(.heartbeat(WireHeartbeat()))
        _ = try next { if case .heartbeat = $0 { true } else { nil } }
    }

    /// Sends goodbye and waits until it is handled: then it is no peer any more.
    package func leave() throws {
        try say(.goodbye(WireGoodbye()))
        try say(.heartbeat(WireHeartbeat()))
        _ = try next { if case .unknown = $0 { true } else { nil } }
    }

    package func fail(
        _ cell: UInt64?,
        of lease: WireLease,
        _ kind: WireFailed.Kind = .error,
        isRetryable: Bool = true,
        log: String = ""
    ) throws {
        var failed = WireFailed()
        (failed.lease, failed.fence, failed.kind, failed.retryable) = (lease.lease, lease.fence, kind, isRetryable)
        if let cell { failed.cell = cell }
        (failed.text, failed.logTail) = ("as told", Data(log.utf8))
        try say(.failed(failed))
    }

    /// Gives the coordinator a blob, and waits until it is stored.
    package func put(_ content: [UInt8]) throws {
        let digest = Digest(hashing: content)
        var put = WirePut()
        (put.sha, put.total) = (digest.data, UInt64(content.count))
        try say(.put(put), data: content)
        let isStored = try next { if case .stored(let stored) = $0 { stored.complete } else { nil } }
        try Self.require(isStored, "the blob was not stored")
    }

    package func heartbeat(_ lease: WireLease) throws {
        var heartbeat = WireHeartbeat()
        var held = WireHeldLease()
        (held.lease, held.fence) = (lease.lease, lease.fence)
        heartbeat.leases = [held]
        try say(.heartbeat(heartbeat))
    }

    /// Sends results of a lease in one message.
    package func send(_ results: [MadeUpResult], of lease: WireLease) throws {
        var items: [UInt8] = []
        for result in results {
            ResultFrame.appendItem(
                cell: result.cell,
                jobKey: result.jobKey,
                resultDigest: result.digest,
                record: result.record,
                run: result.facts,
                blobs: result.blobs,
                inline: result.inline,
                to: &items
            )
        }
        try say(
            frame: ResultFrame.envelope(
                lease: lease.leaseID,
                fence: lease.leaseFence,
                run: lease.runID,
                items: Data(items)
            )
        )
    }

    /// Reads acknowledgements until there are so many; by key.
    package func verdicts(_ count: Int) throws -> [JobKey: WireCommitted.Verdict] {
        var found: [JobKey: WireCommitted.Verdict] = [:]
        while found.count < count {
            let committed = try next { if case .committed(let committed) = $0 { committed } else { nil } }
            let keys = try JobKey.list(committed.jobKeys, "job_keys")
            for (key, verdict) in zip(keys, committed.verdicts) { found[key] = verdict }
        }
        return found
    }
}
