import Grid
import Logging
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Cells whose keys are looked up with their grid: a small grid is granted without another read of the disk.
    private static let cellsAtOnce = 64

    /// Accepts a grid: answered once the run is on disk, or with the blobs that must be uploaded first.
    ///
    /// - Throws: `temporary` when too many are being submitted.
    func submit(_ bytes: [UInt8], _ route: RoutingID) throws(RouteGridError) {
        try PeerLimits.check(submits[route], PeerLimits.submits, "grids of this peer are being submitted")
        try PeerLimits.check(submits.total, PeerLimits.allSubmits, "grids are being submitted")
        submits.begin(route)
        access.write { store throws(RouteGridError) in
            let lock = try GridLock(parsing: bytes)
            let groups = Self.firstGroups(of: lock)
            let submitted = RecordStore.timestamp()
            let outcome = try store.submit(
                lock,
                bytes: bytes,
                submitted: submitted,
                lookingUp: groups.flatMap { $0.jobs.map(\.jobKey) }
            )
            return NewRun(lock: lock, groups: groups, submitted: submitted, outcome: outcome)
        } then: { outcome in
            self.assumeIsolated { server in
                server.submits.end(route)
                server.submitted(outcome, route)
            }
        }
    }

    private struct NewRun: Sendable {
        let lock: GridLock
        let groups: [(group: Int, jobs: [KeyedJob])]
        let submitted: String
        let outcome: Submission
    }

    private static func firstGroups(of lock: GridLock) -> [(group: Int, jobs: [KeyedJob])] {
        var cells = 0
        // The keys of measurements name the run, which has no number yet.
        return lock.evaluationGroups.prefix(cellsAtOnce).prefix { group in
            cells += lock.cells(ofGroup: group).count
            return cells <= cellsAtOnce
        }.map { ($0, lock.jobs(ofGroup: $0)) }
    }

    private func submitted(_ outcome: Result<NewRun, RouteGridError>, _ route: RoutingID) {
        switch outcome {
        case .failure(let error): send(.refused(error.code, error.message), to: route)
        case .success(let new):
            let cells = new.lock.firstStageCount
            switch new.outcome {
            case .lacks(let missing): send(.submitted(run: nil, cells: cells, missing: missing), to: route)
            case .added(let id, let recorded):
                send(.submitted(run: id, cells: cells, missing: []), to: route)
                add(id, new, recorded)
            }
        }
    }

    private func add(_ id: RunID, _ new: NewRun, _ recorded: [Bool]) {
        served[id] = ServedRun(
            lock: new.lock.measured(by: id, submitted: new.submitted),
            name: new.lock.name,
            submitted: new.submitted,
            reason: ""
        )
        log.info(
            "run submitted",
            metadata: ["run": "\(id)", "name": "\(new.lock.name)", "cells": "\(new.lock.firstStageCount)"]
        )
        var left = recorded[...]
        let groups = new.groups.map { group, jobs in
            defer { left = left.dropFirst(jobs.count) }
            return ResolvedGroup(group: group, jobs: jobs, recorded: Array(left.prefix(jobs.count)))
        }
        handle(
            .runAdded(id, new.lock, RunPolicy(new.lock), .active, done: CellBitmap(), exceptions: [:]),
            with: .resolvedGroups(PreresolvedGroups(groups, of: id))
        )
    }
}
