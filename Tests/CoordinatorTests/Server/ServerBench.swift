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

/// A frozen grid of random routers: a group a seed, a cell a budget.
enum SmallLock {
    static let numerics = PlayedPeer.numerics

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
