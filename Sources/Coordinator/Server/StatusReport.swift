import Foundation
import Grid
import RouteGridBase
import Wire

extension CoordinatorServer {
    /// Answers `selection`, `test_reads`, `status`, `run`, `workers`, `failures`, `divergences`, `divergences_after`, `explain`, `store` and `lock`.
    func query(_ query: WireQuery, _ route: RoutingID) throws(RouteGridError) {
        switch query.kind {
        case "status": send(.reply(status()), to: route)
        case "run": send(.reply(runReport(try run(query.selector))), to: route)
        case "workers": send(.reply(["schema": "routegrid/workers/v1", "workers": .array(workerReports())]), to: route)
        case "failures": send(.reply(failures(of: try run(query.selector))), to: route)
        case "explain": try explain(query.selector, route)
        case "divergences": divergences(route)
        case "divergences_after": try divergences(after: query.selector, route)
        case "store": storeReport(route)
        case "test_reads":
            access.read { store throws(RouteGridError) in
                try store.testReads()
            } then: { outcome in
                self.assumeIsolated { server in
                    switch outcome {
                    case .failure(let error): server.send(.refused(error.code, error.message), to: route)
                    case .success(let counts): server.send(.reply(counts.json), to: route)
                    }
                }
            }
        case "selection":
            let id = try run(query.selector)
            let selection = selections[id]
            send(
                .reply([
                    "run": JSONValue(Int(id.rawValue)),
                    "selection": selection.map { .string($0.digest.hex) } ?? .null,
                ]),
                to: route
            )
        case "lock":
            let id = try run(query.selector)
            guard let lock = locks[id] else { return }
            send(
                .reply([
                    "run": JSONValue(Int(id.rawValue)), "lock": .string(String(decoding: lock.bytes, as: UTF8.self)),
                ]),
                to: route
            )
        default: throw RouteGridError(.usage, "no query \"\(query.kind)\"")
        }
    }

    private func status() -> JSONValue {
        [
            "schema": "routegrid/status/v1",
            "runs": .array(scheduler.runIDs.map(runReport)),
            "workers": .array(workerReports()),
            "store": [
                "stalled": .bool(isStalled),
                "committed": JSONValue(counters.committed),
                "commits": JSONValue(counters.commits),
                "equal": JSONValue(counters.equal),
                "divergent": JSONValue(divergences.values.reduce(0, +)),
            ],
            "counters": [
                "leases_granted": JSONValue(counters.leasesGranted),
                "workers_lost": JSONValue(counters.workersLost),
                "messages_refused": JSONValue(counters.refusedMessages),
                "messages_unsent": JSONValue(counters.unsent),
            ],
        ]
    }

    private func runReport(_ id: RunID) -> JSONValue {
        guard let counts = scheduler.counts(of: id) else { return .null }
        return [
            "run": JSONValue(Int(id.rawValue)),
            "name": .string(runNames[id]?.name ?? ""),
            "submitted": .string(runNames[id]?.submitted ?? ""),
            "state": .string(counts.state.rawValue),
            "reason": .string(runNames[id]?.reason ?? ""),
            "priority": JSONValue(counts.priority),
            "cells": JSONValue(counts.cells),
            "done": JSONValue(counts.done),
            "reused": JSONValue(counts.reused),
            "leased": JSONValue(counts.leased),
            "pending": JSONValue(counts.pending),
            "backing_off": JSONValue(counts.backingOff),
            "failed": JSONValue(counts.failed),
            "quarantined": JSONValue(counts.quarantined),
            "stage": counts.stage.map { JSONValue($0) } ?? .null,
            "selected": selections[id].map { JSONValue($0.chosen) } ?? .null,
            "not_selected": selections[id].map { JSONValue($0.unmade) } ?? .null,
            "divergent": JSONValue(divergences[id] ?? 0),
        ]
    }

    private func workerReports() -> [JSONValue] {
        peers.all.compactMap { peer in
            guard let worker = peer.worker else { return nil }
            return [
                "worker": .string(worker.description),
                "name": .string(peer.name),
                "build": .string(peer.build),
                "slots": JSONValue(peer.slots),
                "leases": JSONValue(scheduler.leases(of: worker).count),
                "numerics": JSONValue(peer.numerics),
            ]
        }
    }

    private func failures(of id: RunID) -> JSONValue {
        let cells = scheduler.exceptions(of: id).filter { $0.exception.state != .retrying }
        return [
            "schema": "routegrid/failures/v1",
            "run": JSONValue(Int(id.rawValue)),
            "cells": .array(cells.prefix(1_000).map { item in Self.report(item.exception, cell: item.cell) }),
        ]
    }

    private static func report(_ exception: CellException, cell: Int) -> JSONValue {
        [
            "cell": JSONValue(cell),
            "state": .string(exception.state.rawValue),
            "kind": .string(exception.kind.rawValue),
            "attempts": JSONValue(exception.attempts),
            "crashes": JSONValue(exception.crashes),
            "text": .string(exception.text),
        ]
    }

    /// Why a cell (`RUN/CELL`) waits, runs, failed or is done.
    private func explain(_ selector: String, _ route: RoutingID) throws(RouteGridError) {
        let parts = selector.split(separator: "/")
        guard parts.count == 2, let cell = Int(parts[1]) else {
            throw RouteGridError(.usage, "cell \(selector): expected RUN/CELL, such as 1/42")
        }
        let id = try run(String(parts[0]))
        guard let lock = locks[id], (0..<lock.cellCount).contains(cell) else {
            throw RouteGridError(.usage, "run \(id) has \(locks[id]?.cellCount ?? 0) cells; there is no cell \(cell)")
        }
        var report: [String: JSONValue] = [
            "schema": "routegrid/explain/v1", "run": JSONValue(Int(id.rawValue)), "cell": JSONValue(cell),
        ]
        let job = cache.job(ofCell: cell, in: id, lock: lock)
        report["job_key"] = job.map { JSONValue.string($0.jobKey.hex) }
        report["fit"] =
            (try? JSONValue(parsing: lock.fitBytes(ofGroup: lock.group(ofCell: cell)), place: "fit")) ?? .null
        switch scheduler.standing(of: cell, in: id) {
        case _ where job == nil:
            report["standing"] = "excluded"
            report["reason"] = "the grid's exclude list takes it out"
        case .recorded:
            report["standing"] = "recorded"
            report["reason"] = "its record is on disk"
        case .waiting(let reason):
            report["standing"] = "waiting"
            report["reason"] = .string(reason)
        case .closed(let reason):
            report["standing"] = selections[id] == nil ? "waiting" : "not selected"
            report["reason"] = .string(reason)
        case .leased(let worker, let lease, let isRunning):
            report["standing"] = isRunning ? "running" : "leased"
            report["worker"] = .string(peers.peer(of: worker)?.name ?? worker.description)
            report["reason"] = .string("lease \(lease) of worker \(peers.peer(of: worker)?.name ?? worker.description)")
        case .excepted(let exception):
            report["standing"] = .string(exception.state.rawValue)
            report["reason"] = .string("\(exception.kind.rawValue): \(exception.text)")
            report["attempts"] = JSONValue(exception.attempts)
            report["crashes"] = JSONValue(exception.crashes)
        case .noSuchCell: report["standing"] = "no such cell"
        }
        let finished = report
        access.read { store throws(RouteGridError) in
            try store.log(ofCell: cell, in: id)
        } then: { outcome in
            self.assumeIsolated { server in
                var report = finished
                if case .success(let log) = outcome, !log.isEmpty {
                    report["log"] = .string(String(decoding: log, as: UTF8.self))
                }
                server.send(.reply(.object(report)), to: route)
            }
        }
    }

    /// What is on disk, over all starts of the coordinator.
    private func storeReport(_ route: RoutingID) {
        access.read { store throws(RouteGridError) in
            try store.counts()
        } then: { outcome in
            self.assumeIsolated { server in
                switch outcome {
                case .failure(let error): server.send(.refused(error.code, error.message), to: route)
                case .success(let counts):
                    server.send(
                        .reply([
                            "schema": "routegrid/store/v1", "records": JSONValue(counts.records),
                            "divergences": JSONValue(counts.divergences),
                            "last_sequence": JSONValue(Int(clamping: counts.lastSequence)),
                        ]),
                        to: route
                    )
                }
            }
        }
    }

    /// Differing results with their records, after one of them: what a backup copies, a message at a time.
    private func divergences(after selector: String, _ route: RoutingID) throws(RouteGridError) {
        guard let id = Int(selector) else {
            throw RouteGridError(.usage, "divergences_after \(selector): expected a number")
        }
        access.read { store throws(RouteGridError) in
            try store.divergences(after: id, byteLimit: WireProtocol.batchSize)
        } then: { outcome in
            self.assumeIsolated { server in
                switch outcome {
                case .failure(let error): server.send(.refused(error.code, error.message), to: route)
                case .success(let found): server.send(.reply(["divergences": .array(found.map(\.json))]), to: route)
                }
            }
        }
    }

    private func divergences(_ route: RoutingID) {
        access.read { store throws(RouteGridError) in
            try store.divergences()
        } then: { outcome in
            self.assumeIsolated { server in
                switch outcome {
                case .failure(let error): server.send(.refused(error.code, error.message), to: route)
                case .success(let found):
                    let items: [JSONValue] = found.map {
                        [
                            "job_key": .string($0.key.hex), "first": .string($0.first.hex),
                            "second": .string($0.second.hex), "worker": .string($0.worker),
                        ]
                    }
                    server.send(
                        .reply(["schema": "routegrid/divergences/v1", "divergences": .array(items)]),
                        to: route
                    )
                }
            }
        }
    }
}
