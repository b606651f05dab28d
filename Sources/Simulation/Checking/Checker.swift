import RouteGridBase
import Scheduling

/// Observes a history from outside and reports violations.
///
/// It keeps its own records: what was acknowledged, the last reported step of each lease, which fences were granted.
final class Checker {
    struct CellName: Hashable {
        let run: RunID
        let cell: CellID
    }

    private(set) var violations: [String] = []
    var hasFailed: Bool { !violations.isEmpty }
    var isStalled = false
    /// Large histories omit checks that visit every lease.
    var isThorough = true

    // Since the coordinator's last start.
    var lastStarted: [LeaseID: Started] = [:]
    var leases: [LeaseID: (worker: WorkerID, run: RunID, cells: Set<CellID>, fence: Fence)] = [:]
    var leasesOf: [WorkerID: Set<LeaseID>] = [:]
    var counters: [CellName: (crashes: Int, attempts: Int)] = [:]
    var credits: [WorkerID: Int] = [:]
    var gpus: [WorkerID: Int] = [:]
    /// Whether the failure being handled is of a cell that its lease still has.
    var isFailureLive = false

    // Of the whole history.
    var lastFence = Fence(0)
    var cancelled: Set<RunID> = []
    var acknowledged: [Int: UInt64] = [:]
    var firstValues: [Int: UInt64] = [:]
    var written: [CellName: CellException] = [:]
    var realFailures: [CellName: Int] = [:]
    var grants = 0
    var waitingSince: [RunID: (time: Int64, grants: Int)] = [:]
    var deadSince: [LeaseID: Int64] = [:]

    enum Started: Hashable {
        case fit
        case cell(CellID)
    }

    func fail(_ texts: [String]) {
        if violations.count < 8 { violations += texts.prefix(8) }
    }

    func expect(_ holds: Bool, _ text: @autoclosure () -> String) {
        if !holds { fail([text()]) }
    }

    func reallyFailed(_ run: RunID, _ cell: CellID) { realFailures[CellName(run: run, cell: cell), default: 0] += 1 }

    func cancelAcknowledged(_ run: RunID) { cancelled.insert(run) }

    /// A worker received the acknowledgement of a key.
    func acknowledged(_ key: Int, _ store: SimulatedStore) {
        guard let value = store.records[key] else { return fail(["key \(key) was acknowledged and is not on disk"]) }
        if let known = acknowledged[key] {
            expect(known == value, "the record of key \(key) changed after it was acknowledged")
        }
        acknowledged[key] = value
    }

    /// A commit is on disk.
    func committed(_ writes: [SimulatedWrite], _ store: SimulatedStore) {
        for write in writes {
            switch write {
            case .result(let result):
                expect(store.rows[result.key] == 1, "key \(result.key) has \(store.rows[result.key] ?? 0) records")
                let first = firstValues[result.key] ?? result.value
                firstValues[result.key] = first
                expect(store.records[result.key] == first, "the first record of key \(result.key) is gone")
                let divergence = SimulatedStore.Divergence(key: result.key, second: result.value)
                let isKnown = result.value == first || store.divergences.contains(divergence)
                expect(isKnown, "two results of key \(result.key), and no divergence is stored")
                let isDone = store.runs[result.run]?.done.contains(result.cell) == true
                expect(isDone, "the record of cell \(result.cell) is on disk without its done bit")
            case .exception(let run, let cell, let exception): written[CellName(run: run, cell: cell)] = exception
            default: break
            }
        }
    }

    /// The coordinator starts with what is on disk: it must be what was acknowledged before.
    func coordinatorStarted(_ store: SimulatedStore) {
        (lastStarted, leases, leasesOf, counters, credits) = ([:], [:], [:], [:], [:])
        isStalled = false
        waitingSince = [:]
        for (key, value) in acknowledged { expect(store.records[key] == value, "lost: key \(key) was acknowledged") }
        for run in cancelled {
            expect(store.runs[run]?.state == .cancelled, "run \(run) was cancelled and is not any more")
        }
        for (id, run) in store.runs {
            for (cell, exception) in run.exceptions {
                counters[CellName(run: id, cell: cell)] = (exception.crashes, exception.attempts)
            }
            for cell in run.grid.allCells where run.done.contains(cell) {
                let isThere = store.records[run.grid.key(ofCell: cell)] != nil
                expect(isThere, "lost: cell \(cell) of run \(id) is done and has no record")
            }
        }
        for (name, exception) in written {
            expect(
                store.runs[name.run]?.exceptions[name.cell] == exception,
                "the exception of cell \(name.cell) was committed and is not on disk"
            )
        }
    }
}
