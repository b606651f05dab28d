import Coordinator
import Foundation
import Grid
import RouteGridBase
import Scheduling
import TestSupport
import Testing
import Wire

/// Locks with one wrong member: refused in words, or served to their end; never a trap.
struct HostileLockTests {
    /// A lock with every kind of member, as `submit` writes it.
    private static func lock() throws -> JSONValue {
        let limits: [String: JSONValue] = ["max_fails_percent": "1.5"]
        let small = SmallLock.bytes(groups: 3, cells: 2, limits: limits, priority: 0, blobs: [[1]])
        var members = try #require(try JSONValue(parsing: small, place: "lock").objectValue)
        members["latency"] = ["queries": 5, "warmup": 1, "repeats": 1, "batch": [1, 2]]
        members["exclude"] = [
            ["dataset": ["one"], "modality": [["train": "both"]], "seed": [1], "budget": ["1x"]],
            ["router": ["kind": "random", "parameters": ["trials": [50]]], "split_index": [7], "models": ["all"]],
            ["encoders": [["text": "default", "image": "default"]], "fusion": ["mean"], "split": ["random"]],
        ]
        return .object(members)
    }

    @Test(arguments: ["1", "2", "3", "4"])
    func `a lock with any member changed is refused or served, and never ends the process`(seed: String) throws {
        let document = try Self.lock()
        _ = try GridLock(parsing: document.jsonBytes())
        var hostile = HostileJSON(document, seed: "lock \(seed)")
        var accepted = 0
        for _ in 0..<700 {
            let changed = hostile.next()
            guard let lock = try? GridLock(parsing: changed.jsonBytes()) else { continue }
            accepted += 1
            serve(lock)
        }
        #expect(accepted > 20, "most changes of names and limits are still grids")
    }

    /// What a coordinator does with a lock: keys, leases, failures, reports.
    private func serve(_ lock: GridLock) {
        #expect((try? GridLock(parsing: lock.bytes))?.bytes == lock.bytes)
        guard lock.groupCount > 0 else { return }
        for group in [0, lock.groupCount / 2, lock.groupCount - 1] {
            _ = lock.data(ofGroup: group)
            _ = lock.labels(ofGroup: group)
            let fit = lock.fitBytes(ofGroup: group)
            #expect(FitKey(hashing: fit) == lock.fitKey(ofGroup: group))
            _ = try? FitIdentity(parsing: fit)
            for job in lock.jobs(ofGroup: group).prefix(8) { _ = try? CellIdentity(parsing: job.evalBytes) }
        }
        var scheduler = Scheduler(
            epoch: 1,
            now: Moment(milliseconds: 0),
            identifiers: SystemRandomNumberGenerator()
        )
        let run = RunID(1)
        var events: [SchedulerEvent] = [
            .runAdded(run, lock, RunPolicy(lock), .active, done: CellBitmap(), exceptions: [:]),
            .workerJoined(WorkerID(1), numerics: [lock.numerics], held: []), .credit(WorkerID(1), 2),
        ]
        for step in 0..<60 where !events.isEmpty {
            for command in scheduler.handle(events.removeFirst(), at: Moment(milliseconds: Int64(step) * 40)) {
                switch command {
                case .resolve(let id, let groups):
                    for group in groups.prefix(4) {
                        let cells = lock.jobs(ofGroup: group).map(\.cell)
                        events.append(.resolved(id, group: group, unrecorded: cells, recorded: []))
                    }
                case .grant(_, let lease, let fence, let id, _, let cells):
                    if let first = cells.first {
                        events.append(.failed(lease, fence, cell: first, .crash, retryable: true, text: "why"))
                    }
                    events.append(.committed(id, cells: Array(cells.dropFirst())))
                default: break
                }
            }
            _ = scheduler.counts(of: run)
        }
    }

    @Test func `a run that cannot be loaded is set aside with its reason, and the others are served`() throws {
        let first = try ServerBench()
        let bad = try first.submit(groups: 1, cells: 2)
        let good = try first.submit(groups: 1, cells: 2)
        let second = try first.restarted { state in
            try AlteredState.replace(limits: ["max_fails_percent": 1e300], of: bad, in: state)
        }
        let status = try second.client().query(.status)
        let aside = try #require(status["set_aside"]?.arrayValue?.first)
        #expect(aside["run"] == JSONValue(Int(bad.rawValue)) && aside["state"] == "active")
        #expect(aside["reason"]?.stringValue?.contains("max_fails_percent: expected a number from 0 to 100") == true)
        #expect(status["runs"]?.arrayValue?.map { $0["run"] } == [JSONValue(Int(good.rawValue))])
        let error = #expect(throws: RouteGridError.self) { try second.report(bad) }
        #expect(error?.message.contains("is set aside") == true)
        #expect(try second.worker().nextLease().runID == good)
    }

    @Test(arguments: ["1e300", "nan", "-inf"])
    func `a share of failures that no grid file may have is refused before the run is stored`(percent: String) throws {
        let bench = try ServerBench()
        let error = #expect(throws: RouteGridError.self) {
            try bench.submit(groups: 1, cells: 1, limits: ["max_fails_percent": .string(percent)])
        }
        #expect(error?.code == .badInput)
        #expect(try bench.client().query(.status)["runs"] == [])
    }

    @Test func `two thousand million seeds are refused by their number, without being made`() throws {
        var members = try #require(try Self.lock().objectValue)
        var axes = try #require(members["axes"]?.objectValue)
        axes["seeds"] = .array((0..<20).map { [JSONValue($0 * 100_000_000), 100_000_000] })
        members["axes"] = .object(axes)
        let bytes = JSONValue.object(members).jsonBytes()
        let clock = ContinuousClock()
        let time = clock.measure {
            let error = #expect(throws: RouteGridError.self) { try GridLock(parsing: bytes) }
            #expect(error?.message.contains("axes.seeds: expected at most 1000000 numbers") == true, "\(error)")
        }
        #expect(time < .seconds(1))
    }
}
