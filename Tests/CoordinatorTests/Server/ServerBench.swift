import Catalog
import Coordinator
import Foundation
import Grid
import Keys
import Logging
import RouteGridBase
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A coordinator in this process, with peers that the test plays on its own thread.
final class ServerBench {
    let folder: TemporaryFolder
    let server: CoordinatorServer
    let url: String
    /// What clients connect with.
    private let key: KeySource

    convenience init(_ change: (inout CoordinatorServer.Configuration) -> Void = { _ in }) throws {
        try self.init(in: TemporaryFolder(), change)
    }

    init(
        in folder: TemporaryFolder,
        _ change: (inout CoordinatorServer.Configuration) -> Void
    ) throws {
        self.folder = folder
        var configuration = CoordinatorServer.Configuration(
            bind: "ipc://\(folder.path("c"))",
            stateFolder: folder.path("state")
        )
        configuration.checksRecords = false
        change(&configuration)
        var log = Logger(label: "coordinator")
        log.logLevel = .critical
        let server = try CoordinatorServer(configuration: configuration, log: log)
        self.server = server
        key = configuration.usesKeys ? .local(.admin) : .plaintext
        url = try server.loop.runSync { try server.assumeIsolated { try $0.start() } }
    }

    deinit { stop() }

    func stop() {
        let server = server
        try? server.loop.runSync { server.assumeIsolated { $0.stop() } }
        server.shutDown()
    }

    /// Stops this coordinator and starts the next on what it left, copied: this one keeps its folder locked.
    func restarted(changing change: (String) throws -> Void = { _ in }) throws -> ServerBench {
        stop()
        let copy = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: folder.path("state"), toPath: copy.path("state"))
        try change(copy.path("state"))
        return try ServerBench(in: copy) { _ in }
    }

    func client() throws -> ClusterClient { try ClusterClient.connect(url, key: key, within: .seconds(30)) }

    /// Keys of workers for a coordinator that is started on the folder afterwards.
    ///
    /// One of each name, and a last one that takes the place of the first while that is still allowed.
    static func keys(_ names: [String], in folder: TemporaryFolder) throws -> [SocketSecurity] {
        let state = folder.path("state")
        let server = try KeyRing.initialise(state: state).server.publicKey
        var keys: [SocketSecurity] = []
        for name in names {
            let secret = try SecretKey.generate()
            _ = try KeyRing.add(KeyName(name), role: .worker, publicKey: secret.publicKey, state: state)
            keys.append(.client(secret, server: server))
        }
        let rotated = try KeyRing.rotate(names[0], keepsOld: true, state: state)
        return keys + [.client(rotated.secret, server: server)]
    }

    /// A worker that was welcomed and wants one lease.
    func worker(
        credit: UInt32 = 1,
        boot: [UInt8] = WireProtocol.makeBootID(),
        security: SocketSecurity = .plaintext
    ) throws -> PlayedPeer {
        let worker = try PlayedPeer(url, role: .worker, boot: boot, security: security)
        var wanted = WireCredit()
        wanted.groups = credit
        try worker.say(.credit(wanted))
        return worker
    }

    /// Submits a grid of `groups` groups with `cells` cells each.
    func submit(
        groups: Int,
        cells: Int,
        limits: [String: JSONValue] = [:],
        priority: Int = 0,
        blobs: [[UInt8]] = []
    ) throws -> RunID {
        let lock = SmallLock.bytes(groups: groups, cells: cells, limits: limits, priority: priority, blobs: blobs)
        return try client().submit(lock: lock) { digest in blobs.first { Digest(hashing: $0) == digest } ?? [] }.run
    }

    func report(_ run: RunID) throws -> JSONValue { try client().query(.run, "\(run)") }

    func explain(_ cell: UInt64, of run: RunID) throws -> JSONValue { try client().query(.explain, "\(run)/\(cell)") }

    func count(_ name: String) throws -> Int? { try client().query(.status)["counters"]?[name]?.integerValue }
}

/// A peer of a coordinator, played by a test.
final class PlayedPeer {
    private let context: ZMQContext
    private let socket: ZMQSocket
    /// Leases that came while something else was waited for.
    private var leases: [WireLease] = []
    private var hello = WireHello()

    /// Greets and is welcomed; a process that comes back names its `boot` and what it holds.
    init(
        _ url: String,
        role: WireRole,
        boot: [UInt8] = WireProtocol.makeBootID(),
        holding held: [(lease: WireLease, cells: [UInt64])] = [],
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
        (hello.protocol, hello.role, hello.name) = (WireProtocol.version, role, "played")
        (hello.boot, hello.slots, hello.numerics) = (Data(boot), 1, [SmallLock.numerics])
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

    func greet() throws { try say(.hello(hello)) }

    /// What the coordinator refuses next.
    func refusal() throws -> WireRefused {
        try next { if case .refused(let refused) = $0 { refused } else { nil } }
    }

    deinit { socket.close(discarding: true) }

    func say(_ body: WireEnvelope.OneOf_Body, data: [UInt8]? = nil) throws {
        try #require(try socket.send(WireMessage(body, data: data).frames()) == .sent)
    }

    func say(frame: [UInt8]) throws { try #require(try socket.send([frame]) == .sent) }

    /// The next message that `pick` wants; others are passed over.
    func next<Value>(
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

    func nextLease(within limit: Duration = .seconds(30)) throws -> WireLease {
        guard leases.isEmpty else { return leases.removeFirst() }
        return try next(within: limit) { if case .lease(let lease) = $0 { lease } else { nil } }
    }

    /// Whether nothing of a kind comes for a time.
    func isSpared(
        for time: Duration = .milliseconds(300),
        _ pick: (WireEnvelope.OneOf_Body) throws -> Bool?
    ) -> Bool {
        (try? next(within: time, pick)) == nil
    }

    /// Waits until all that was sent is handled; what else comes meanwhile, but for leases, is passed over.
    func settle() throws {
        try say(.heartbeat(WireHeartbeat()))
        _ = try next { if case .heartbeat = $0 { true } else { nil } }
    }

    /// Sends goodbye and waits until it is handled: then it is no peer any more.
    func leave() throws {
        try say(.goodbye(WireGoodbye()))
        try say(.heartbeat(WireHeartbeat()))
        _ = try next { if case .unknown = $0 { true } else { nil } }
    }

    func fail(
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
    func put(_ content: [UInt8]) throws {
        let digest = Digest(hashing: content)
        var put = WirePut()
        (put.sha, put.total) = (digest.data, UInt64(content.count))
        try say(.put(put), data: content)
        let isStored = try next { if case .stored(let stored) = $0 { stored.complete } else { nil } }
        try #require(isStored)
    }

    func heartbeat(_ lease: WireLease) throws {
        var heartbeat = WireHeartbeat()
        var held = WireHeldLease()
        (held.lease, held.fence) = (lease.lease, lease.fence)
        heartbeat.leases = [held]
        try say(.heartbeat(heartbeat))
    }

    /// Sends results of a lease in one message.
    func send(_ results: [MadeUpResult], of lease: WireLease) throws {
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
    func verdicts(_ count: Int) throws -> [JobKey: WireCommitted.Verdict] {
        var found: [JobKey: WireCommitted.Verdict] = [:]
        while found.count < count {
            let committed = try next { if case .committed(let committed) = $0 { committed } else { nil } }
            let keys = try JobKey.list(committed.jobKeys, "job_keys")
            for (key, verdict) in zip(keys, committed.verdicts) { found[key] = verdict }
        }
        return found
    }
}

/// A result in the right form that nobody computed.
struct MadeUpResult {
    var cell: CellID
    let jobKey: JobKey
    var digest: Digest
    var record: [UInt8]
    var facts: [UInt8]
    /// The blobs that the message lists, and those that travel inside.
    var blobs: [Digest] = []
    var inline: [[UInt8]] = []

    /// `choices`: the blob that the record names.
    init(_ cell: WireLeasedCell, padding: Int = 0, says text: String = "right", choices: Digest? = nil) throws {
        self.cell = cell.cellID
        jobKey = try JobKey(field: cell.jobKey, "job_key")
        let job: JSONValue = ["kind": "evaluate"]
        var result: JSONValue = [
            "n": 1, "padding": .string(String(repeating: "x", count: padding)), "says": .string(text),
        ]
        if let choices { result = MetricRecord.result(result, choices: choices, points: 1, items: 1) }
        blobs = choices.map { [$0] } ?? []
        digest = Digest(hashing: job.canonicalBytes() + result.canonicalBytes())
        let members: JSONValue = [
            "schema": "routegrid/record/v1", "job_key": .string(jobKey.hex),
            "fit_key": .string(Digest(hashing: [0]).hex), "result_sha256": .string(digest.hex), "job": job,
            "result": result,
        ]
        record = members.jsonBytes()
        facts = JSONValue.object(["attempt": 1, "job_key": .string(jobKey.hex)]).jsonBytes()
    }
}

/// A frozen grid of random routers: a group a seed, a cell a budget.
enum SmallLock {
    static let numerics = "test-class"

    static func bytes(
        groups: Int,
        cells: Int,
        limits change: [String: JSONValue] = [:],
        priority: Int = 0,
        blobs: [[UInt8]] = []
    ) -> [UInt8] {
        func digest(_ name: String) -> JSONValue { .string(Digest(hashing: name.utf8).hex) }
        let table: JSONValue = [
            "dataset": "one", "pool": "all", "cost_unit": "USD", "n": 10, "samples": digest("samples"),
            "models": ["a", "b"], "quality": digest("quality"), "cost": ["tensor": digest("cost")],
            "text": ["default": digest("text")], "image": ["default": digest("image")],
        ]
        let block: JSONValue = [
            "kind": "random", "revision": 1, "reads": ["seed"],
            "parameters": [["name": "trials", "values": [50]]], "tables": [0],
            "budgets": .array((0..<cells).map { JSONValue($0) }),
        ]
        let budgets = (0..<cells).map { cell -> JSONValue in
            [
                "rule": ["kind": "threshold", "revision": JSONValue(BudgetRule.threshold.descriptor.revision)],
                "budget": .string("\(cell + 1)x"),
            ]
        }
        let limits: [String: JSONValue] = [
            "cells": 200_000, "fit_timeout_ms": 1000, "cell_timeout_ms": 1000, "retries": 2, "crash_limit": 5,
            "memory_bytes": 0,
        ]
        let lock: JSONValue = [
            "schema": "routegrid/lock/v1", "name": "small", "mode": "sound", "numerics": .string(numerics),
            "axes": [
                "tables": [table], "encoders": [["text": "default", "image": "default"]],
                "splits": [
                    [
                        "kind": "random", "revision": 1, "seed": 1, "index": 0,
                        "parameters": ["train": "0.6", "dev": "0.2", "test": "0.2", "group_by": "sample"],
                    ]
                ],
                "modalities": [["train": "both", "test": "both"]], "fusions": [["kind": "mean", "revision": 1]],
                "seeds": [[0, JSONValue(groups)]], "labels": [], "parts": ["test"], "budgets": .array(budgets),
            ],
            "blocks": [block], "exclude": [],
            "statistics": ["bootstrap": 1000, "alpha": "0.05", "cluster": "prompt", "seed": 1],
            "limits": .object(limits.merging(change) { $1 }), "resources": ["cpus": 1, "gpus": 0],
            "priority": JSONValue(priority), "metrics_revision": JSONValue(CurveMetric.revision),
            "blobs": .array(
                blobs.map { ["sha256": .string(Digest(hashing: $0).hex), "bytes": JSONValue($0.count)] }
            ),
        ]
        return lock.canonicalBytes()
    }
}
