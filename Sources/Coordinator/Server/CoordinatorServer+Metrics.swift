import Foundation
import Grid
import RouteGridBase
import Scheduling

extension CoordinatorServer {
    /// Runs, workers and leases that an answer lists; totals count all.
    private static let runsListed = 64
    private static let workersListed = 256

    /// Everything that watches of a cluster show and scrapers store, in one pass over runs, workers and leases.
    func metricsReport() -> JSONValue {
        let totals = scheduler.totals
        let runs = scheduler.runIDs.compactMap { id -> (id: RunID, counts: RunCounts)? in
            guard var counts = scheduler.countsWithoutLeases(of: id) else { return nil }
            counts.leased = totals.leased[id] ?? 0
            return (id, counts)
        }
        let workers = peers.all.filter { $0.worker != nil }
        return [
            "schema": "routegrid/metrics/v1",
            "coordinator": [
                "build": .string(Version.build), "epoch": JSONValue(Int(access.store.epoch)),
                "uptime_s": .double(Double(now.milliseconds) / 1_000),
            ],
            "cells": Self.cells(runs.map(\.counts)),
            "queue": Self.queue(runs.map(\.counts)),
            "leases": [
                "held": JSONValue(totals.leases), "cells": JSONValue(totals.leasedCells),
                "wanted": JSONValue(totals.wantedLeases), "granted_total": JSONValue(counters.leasesGranted),
            ],
            "workers": [
                "connected": JSONValue(workers.count), "draining": JSONValue(totals.drainingWorkers),
                "lost_total": JSONValue(counters.workersLost),
                "slots": JSONValue(workers.reduce(0) { $0 + $1.slots }),
                "slots_busy": JSONValue(
                    workers.reduce(0) { sum, peer in sum + min(peer.slots, peer.worker.flatMap { totals.held[$0] } ?? 0)
                    }
                ),
                "clients": JSONValue(peers.all.count - workers.count),
            ],
            "records": [
                "committed_total": JSONValue(counters.committed), "equal_total": JSONValue(counters.equal),
                "divergent": JSONValue(divergences.values.reduce(0, +)),
                "last_sequence": JSONValue(Int(clamping: metrics.lastSequence)),
                "per_second_10s": .double(metrics.committed.perSecond(over: 10, at: now)),
                "per_second_60s": .double(metrics.committed.perSecond(over: 60, at: now)),
            ],
            "commits": commitReport(),
            "messages": [
                "refused_total": .object(metrics.refused.mapValues { JSONValue($0) }),
                "unsent_total": JSONValue(counters.unsent),
            ],
            "demand": demand.json,
            "failures_total": .object(metrics.failures.mapValues { JSONValue($0) }),
            "runs": .array(listed(runs).map { runReport($0.id, $0.counts) }),
            "runs_total": JSONValue(runs.count),
            "set_aside": JSONValue(setAside.count),
            "slots": .array(slotReports(workers)),
            "worker_list": .array(workers.prefix(Self.workersListed).map { workerReport($0, totals) }),
            "failures": .array(metrics.recentFailures.map(failureReport)),
        ]
    }

    /// Those that are not over, then the newest, in their order.
    private func listed(_ runs: [(id: RunID, counts: RunCounts)]) -> [(id: RunID, counts: RunCounts)] {
        guard runs.count > Self.runsListed else { return runs }
        let live = runs.filter { !$0.counts.state.isOver }.suffix(Self.runsListed)
        let over = runs.filter { $0.counts.state.isOver }.suffix(Self.runsListed - live.count)
        return (Array(live) + Array(over)).sorted { $0.id < $1.id }
    }

    private static func cells(_ runs: [RunCounts]) -> JSONValue {
        func sum(_ value: (RunCounts) -> Int) -> JSONValue { JSONValue(runs.reduce(0) { $0 + value($1) }) }
        return [
            "all": sum(\.cells), "done": sum(\.done), "reused": sum(\.reused), "leased": sum(\.leased),
            "waiting": sum(\.pending), "backing_off": sum(\.backingOff), "failed": sum(\.failed),
            "quarantined": sum(\.quarantined),
        ]
    }

    /// `runnable` cells wait for nothing but a worker; the `depth` counts those in their back-off too.
    private static func queue(_ runs: [RunCounts]) -> JSONValue {
        let active = runs.filter { $0.state == .active }
        let runnable = active.reduce(0) { $0 + $1.pending }
        return [
            "runnable": JSONValue(runnable),
            "depth": JSONValue(runnable + active.reduce(0) { $0 + $1.backingOff }),
            "paused": JSONValue(runs.filter { $0.state == .paused }.reduce(0) { $0 + $1.pending + $1.backingOff }),
            "runs_active": JSONValue(active.count),
        ]
    }

    private func commitReport() -> JSONValue {
        let times = metrics.commits
        return [
            "total": JSONValue(times.count), "seconds_total": .double(times.seconds),
            "last_seconds": .double(times.last),
            "buckets": .array(
                zip(CommitTimes.bounds, times.atMost).map { ["le": .double($0), "count": JSONValue($1)] }
            ),
            "waiting": JSONValue(commits.waiting.changes.count),
            "stalled": .bool(commits.isStalled), "trouble": storeError.map { .string($0) } ?? .null,
        ]
    }

    /// What each slot is at.
    private func slotReports(_ workers: [Peer]) -> [JSONValue] {
        let asked = workers.prefix(Self.workersListed).compactMap { peer in
            peer.worker.map { (worker: $0, slots: min(peer.slots, 64)) }
        }
        return scheduler.activity(of: asked).map { activity in
            var members: [String: JSONValue] = [
                "worker": .string(activity.worker.description), "lease": .string("\(activity.lease)"),
                "run": JSONValue(Int(activity.run.rawValue)), "cells": JSONValue(activity.cells),
                "held_s": .double(Double(activity.heldMilliseconds) / 1_000),
                "step_s": .double(Double(activity.stepMilliseconds) / 1_000),
            ]
            if case .cell(let cell) = activity.step { members["cell"] = JSONValue(cell) }
            if let lock = served[activity.run]?.lock {
                members["router"] = lock.routerKind(ofGroup: activity.group).map { .string($0) }
            }
            return .object(members)
        }
    }

    private func workerReport(_ peer: Peer, _ totals: SchedulerTotals) -> JSONValue {
        [
            "worker": .string(peer.worker?.description ?? ""), "name": .string(peer.name), "build": .string(peer.build),
            "slots": JSONValue(peer.slots), "leases": JSONValue(peer.worker.flatMap { totals.held[$0] } ?? 0),
            "numerics": JSONValue(peer.numerics),
        ]
    }

    private func failureReport(_ failure: RecentFailure) -> JSONValue {
        [
            "number": JSONValue(failure.number), "ago_s": .double(Double(now - failure.at) / 1_000),
            "run": JSONValue(Int(failure.run.rawValue)), "cell": JSONValue(failure.cell),
            "worker": .string(failure.worker), "state": .string(failure.exception.state.rawValue),
            "kind": .string(failure.exception.kind.rawValue), "attempts": JSONValue(failure.exception.attempts),
            "text": .string(failure.exception.text),
            "log": .string(String(decoding: failure.tail, as: UTF8.self)),
        ]
    }
}

extension GridLock {
    /// What the router of a group is called in a grid.
    fileprivate func routerKind(ofGroup group: Int) -> String? {
        (try? JSONValue(parsing: fitBytes(ofGroup: group), place: "fit"))?["router"]?["kind"]?.stringValue
    }
}
