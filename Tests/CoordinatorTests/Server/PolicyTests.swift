import Coordinator
import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire

/// That the limits of a grid are those that its run is held to, and that failures are called what they were.
@Suite(.timeLimit(.minutes(2))) struct PolicyTests {
    private func leased(
        cells: Int = 1,
        _ limits: [String: JSONValue]
    ) throws -> (bench: ServerBench, run: RunID, worker: PlayedPeer, lease: WireLease) {
        let bench = try ServerBench()
        let run = try bench.submit(groups: 1, cells: cells, limits: limits)
        let worker = try bench.worker()
        return (bench, run, worker, try worker.nextLease())
    }

    @Test func `a lease names the time and memory that its cells may take`() throws {
        let limits: [String: JSONValue] = [
            "fit_timeout_ms": 7_000, "cell_timeout_ms": 3_000, "memory_bytes": 123_456_789,
        ]
        let lease = try leased(limits).lease
        #expect((lease.fitTimeoutMs, lease.cellTimeoutMs, lease.memoryLimit) == (7_000, 3_000, 123_456_789))
    }

    @Test(
        arguments: [
            (["retries": 0], .timeout, true, "failed", "timeout: as told"),
            (["retries": 1], .timeout, true, "backing-off", "timeout: as told"),
            (["retries": 9], .memory, false, "failed", "memory: as told"),
            (["crash_limit": 1], .crash, true, "quarantined", "crash: as told"),
            (["retries": 0], .refused, true, "failed", "refused: as told"),
            (["retries": 0], .error, true, "failed", "error: as told"),
        ] as [([String: JSONValue], WireFailed.Kind, Bool, JSONValue, JSONValue)]
    )
    func `a failure is counted by its kind against the grid's limits`(
        limits: [String: JSONValue],
        kind: WireFailed.Kind,
        isRetryable: Bool,
        standing: JSONValue,
        reason: JSONValue
    ) throws {
        let (bench, run, worker, lease) = try leased(limits)
        try worker.fail(lease.cells[0].cell, of: lease, kind, isRetryable: isRetryable)
        try worker.heartbeat(lease)
        _ = try worker.next { if case .heartbeat = $0 { true } else { nil } }
        let report = try bench.explain(lease.cells[0].cell, of: run)
        #expect(report["standing"] == standing && report["reason"] == reason, "\(report)")
    }

    @Test func `a run with too many failures is stopped and its lease revoked`() throws {
        let (bench, run, worker, lease) = try leased(cells: 3, ["max_fails": 0])
        try worker.fail(lease.cells[0].cell, of: lease, isRetryable: false)
        let revoked = try worker.next { if case .revoke(let revoke) = $0 { revoke.lease } else { nil } }
        #expect(revoked == lease.lease)
        #expect(try bench.report(run)["state"] == "stopped")
    }

    @Test func `a failure keeps its own log and no other's`() throws {
        let (bench, run, worker, lease) = try leased(cells: 2, [:])
        try worker.fail(lease.cells[0].cell, of: lease, isRetryable: false, log: "of the first")
        var broken = try MadeUpResult(lease.cells[1])
        broken.record = Array("{}".utf8)
        try worker.send([broken], of: lease)
        #expect(try worker.verdicts(1).values.first == .refused)
        // Answered when all of it is on disk.
        try bench.client().control(.priority, "\(run)", value: "1")
        #expect(try bench.explain(lease.cells[0].cell, of: run)["log"] == "of the first")
        let other = try bench.explain(lease.cells[1].cell, of: run)
        #expect(other["attempts"] == 1 && other["log"] == nil, "\(other)")
    }
}
