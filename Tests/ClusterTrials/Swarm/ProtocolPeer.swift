import Foundation
import RouteGridBase
import Wire
import ZeroMQ

/// A worker that computes nothing: it greets, takes leases, answers their cells with made-up records after a while, and
/// sends heartbeats.
///
/// It keeps to the protocol as a worker does: results stay until they are acknowledged, `Unknown` is answered
/// by a greeting, and after three heartbeats without a message it connects anew. Used from one thread.
final class ProtocolPeer {
    private enum Phase { case greeting(until: ContinuousClock.Instant), open }

    private struct Held {
        let lease: WireLease
        let due: ContinuousClock.Instant
        /// Keys whose results are not acknowledged.
        var open: Set<Data>
        var isAnswered = false
    }

    let number: Int
    private let options: SwarmOptions
    private let context: ZMQContext
    private let boot = WireProtocol.makeBootID()
    private var socket: ZMQSocket
    private var phase: Phase
    private var held: [UInt64: Held] = [:]
    private var heartbeat: Duration = .seconds(1)
    private var lastBeat = ContinuousClock.now
    private var lastReceived = ContinuousClock.now
    private(set) var counts = SwarmCounts()

    init(_ number: Int, _ options: SwarmOptions, context: ZMQContext) throws(RouteGridError) {
        (self.number, self.options, self.context) = (number, options, context)
        socket = try Self.open(options.url, context)
        phase = .greeting(until: .now + options.helloTimeout)
        try greet()
    }

    private static func open(_ url: String, _ context: ZMQContext) throws(RouteGridError) -> ZMQSocket {
        var options = SocketOptions()
        options.reconnectMaximum = .seconds(1)
        let socket = try context.socket(.dealer, options: options)
        try socket.connect(url)
        return socket
    }

    /// Ends without a goodbye, as a process that is killed.
    func vanish() { socket.close(discarding: true) }

    func leave() throws(RouteGridError) {
        try say(.goodbye(WireGoodbye()))
        socket.close()
    }

    /// Does what is to be done now.
    func turn(_ now: ContinuousClock.Instant) throws(RouteGridError) {
        while let message = try socket.receive() {
            lastReceived = now
            try take(try WireMessage(frames: message.frames[...]), now)
        }
        switch phase {
        case .greeting(let deadline): if now >= deadline { try reopen(now) }
        case .open:
            if now - lastReceived > heartbeat * 3 {
                counts.silences += 1
                try reopen(now)
            } else if now - lastBeat >= heartbeat {
                try beat(now)
            }
        }
        for (id, work) in held where !work.isAnswered && work.due <= now { try answer(id) }
    }

    private func reopen(_ now: ContinuousClock.Instant) throws(RouteGridError) {
        socket.close(discarding: true)
        socket = try Self.open(options.url, context)
        phase = .greeting(until: now + options.helloTimeout)
        try greet()
    }

    private func greet() throws(RouteGridError) {
        var hello = WireHello()
        (hello.protocol, hello.build, hello.role) = (WireProtocol.version, Version.build, .worker)
        (hello.boot, hello.name, hello.slots) = (Data(boot), "peer-\(number)", 1)
        hello.numerics = options.numerics
        hello.held = held.values.sorted { $0.lease.lease < $1.lease.lease }.map { work in
            var reference = WireLeaseRef()
            (reference.lease, reference.fence, reference.run) = (work.lease.lease, work.lease.fence, work.lease.run)
            reference.cells = work.lease.cells.filter { work.open.contains($0.jobKey) }.map(\.cell)
            return reference
        }
        try say(.hello(hello))
    }

    private func beat(_ now: ContinuousClock.Instant) throws(RouteGridError) {
        lastBeat = now
        var beat = WireHeartbeat()
        beat.leases = held.values.map { work in
            var lease = WireHeldLease()
            (lease.lease, lease.fence) = (work.lease.lease, work.lease.fence)
            return lease
        }
        counts.heartbeats += 1
        try say(.heartbeat(beat))
    }

    private func take(_ message: WireMessage, _ now: ContinuousClock.Instant) throws(RouteGridError) {
        switch message.body {
        case .welcome(let welcome):
            phase = .open
            heartbeat = .milliseconds(Int64(max(welcome.heartbeatMs, 20)))
            // Peers that connected at the same time do not send at the same time.
            lastBeat = now - heartbeat * Double(number % 100) / 100
            counts.welcomes += 1
            for id in held.keys { held[id]?.isAnswered = false }
            var credit = WireCredit()
            credit.groups = UInt32(options.credit)
            try say(.credit(credit))
        case .unknown:
            phase = .greeting(until: now + options.helloTimeout)
            try greet()
        case .heartbeat: counts.heartbeatsHeard += 1
        case .lease(let lease):
            guard held[lease.lease] == nil else { return }
            counts.leases += 1
            counts.lastLease = now
            held[lease.lease] = Held(lease: lease, due: now + options.work, open: Set(lease.cells.map(\.jobKey)))
            var started = WireStarted()
            (started.lease, started.fence) = (lease.lease, lease.fence)
            if let first = lease.cells.first { started.cell = first.cell }
            try say(.started(started))
        case .revoke(let revoke):
            let gone = Set(revoke.cells)
            for cell in held[revoke.lease]?.lease.cells ?? [] where gone.isEmpty || gone.contains(cell.cell) {
                if held[revoke.lease]?.open.remove(cell.jobKey) != nil { counts.revoked += 1 }
            }
            dropIfDone(revoke.lease)
        case .committed(let committed):
            for key in try JobKey.list(committed.jobKeys, "job_keys").map(\.data) {
                guard let id = held.first(where: { $0.value.open.contains(key) })?.key else { continue }
                held[id]?.open.remove(key)
                counts.acknowledged += 1
                counts.lastAcknowledgement = now
                dropIfDone(id)
            }
        case .refused(let refused): throw refused.error
        default: break
        }
    }

    private func dropIfDone(_ id: UInt64) { if held[id]?.open.isEmpty == true { held[id] = nil } }

    private func answer(_ id: UInt64) throws(RouteGridError) {
        guard case .open = phase, let work = held[id] else { return }
        held[id]?.isAnswered = true
        var result = WireResult()
        (result.lease, result.fence, result.run) = (work.lease.lease, work.lease.fence, work.lease.run)
        for cell in work.lease.cells where work.open.contains(cell.jobKey) {
            let record = MadeUpRecord(key: cell.jobKey)
            var item = WireResultItem()
            (item.cell, item.jobKey, item.resultSha) = (cell.cell, cell.jobKey, record.digest.data)
            item.record = Data(record.line)
            item.run = Data("{}".utf8)
            result.items.append(item)
        }
        try say(.result(result))
    }

    private func say(_ body: WireEnvelope.OneOf_Body) throws(RouteGridError) {
        if try socket.send(WireMessage(body).frames()) != .sent { counts.unsent += 1 }
    }
}

/// A record in the right form with an invented result, the same for one key whoever makes it.
struct MadeUpRecord {
    let line: [UInt8]
    let digest: Digest

    init(key: Data) {
        let (job, result): (JSONValue, JSONValue) = (["kind": "evaluate"], ["n": 1, "made_up": .string(key.hexText)])
        digest = Digest(hashing: job.canonicalBytes() + result.canonicalBytes())
        line =
            JSONValue.object([
                "schema": "routegrid/record/v1", "job_key": .string(key.hexText),
                "fit_key": .string(Data(repeating: 0, count: 32).hexText), "result_sha256": .string(digest.hex),
                "job": job, "result": result,
            ]).canonicalBytes()
    }
}

extension Data {
    var hexText: String { Digest(bytes: self)?.hex ?? "" }
}
