import Foundation
import Grid
import RouteGridBase
import Scheduling
import Wire

extension CoordinatorServer {
    /// Answers a query of any kind.
    func query(_ query: WireQuery, _ route: RoutingID) throws(RouteGridError) {
        try checkReading(route)
        guard let kind = QueryKind(rawValue: query.kind) else {
            throw RouteGridError(.usage, "no query \"\(query.kind)\"")
        }
        switch kind {
        case .status: send(.reply(status()), to: route)
        case .run: send(.reply(runReport(try run(query.selector))), to: route)
        case .metrics: send(.reply(metricsReport()), to: route)
        case .workers: send(.reply(["schema": "routegrid/workers/v1", "workers": .array(workerReports())]), to: route)
        case .failures: send(.reply(try failures(query.selector)), to: route)
        case .explain: try explain(query.selector, route)
        case .divergences: divergences(route)
        case .divergencesAfter: try divergences(after: query.selector, route)
        case .store: storeReport(route)
        case .testReads:
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
        case .selection:
            let id = try run(query.selector)
            let selection = served[id]?.selection
            send(
                .reply([
                    "run": JSONValue(Int(id.rawValue)),
                    "selection": selection.map { .string($0.digest.hex) } ?? .null,
                ]),
                to: route
            )
        case .grants: send(.reply(try grants(query.selector)), to: route)
        case .lock:
            let id = try run(query.selector)
            guard let lock = served[id]?.lock else { return }
            send(
                .reply([
                    "run": JSONValue(Int(id.rawValue)), "lock": .string(String(decoding: lock.bytes, as: UTF8.self)),
                ]),
                to: route
            )
        }
    }

    /// The ledger of a run (`RUN/NUMBER`: the ranges after so many), as much as fits into one message.
    private func grants(_ selector: String) throws(RouteGridError) -> JSONValue {
        let place = selector.contains("/") ? try RunReports.parts(of: selector) : (selector, 0)
        let id = try run(place.0)
        let ranges = ledger.grants(of: id).flatMap { grant in grant.cells.map { (grant.holder, $0) } }
        let page = ranges.dropFirst(max(0, place.1)).prefix(GrantLog.pageSize)
        return [
            "run": JSONValue(Int(clamping: id.rawValue)), "next": JSONValue(page.endIndex),
            "complete": .bool(page.endIndex >= ranges.count),
            "grants": .array(page.map { GrantLog.entry(holder: $0.0, cells: $0.1) }),
        ]
    }

    private func status() -> JSONValue {
        [
            "schema": "routegrid/status/v1",
            "time": .string(Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "runs": .array(scheduler.runIDs.map(runReport)),
            "set_aside": .array(setAside.sorted { $0.key < $1.key }.map(\.value.report)),
            "workers": .array(workerReports()),
            "demand": demand.json,
            "audits": AuditReports.summary(audits, rate: configuration.auditRate),
            "limits": limitReport,
            "store": [
                "stalled": .bool(commits.isStalled),
                "trouble": storeError.map { .string($0) } ?? .null,
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
                "records_inconsistent": JSONValue(counters.inconsistent),
                "records_unchecked": JSONValue(counters.unchecked),
            ],
        ]
    }

    /// The work that workers could do now: for allocators of workers, and for metrics.
    var demand: WorkDemand { scheduler.demand { [peers] worker in peers.peer(of: worker)?.slots ?? 0 } }

    private func runReport(_ id: RunID) -> JSONValue {
        guard let counts = scheduler.counts(of: id) else { return .null }
        return runReport(id, counts)
    }

    func runReport(_ id: RunID, _ counts: RunCounts) -> JSONValue {
        let run = served[id]
        return RunReports.run(
            id,
            counts,
            RunReports.Heading(
                name: run?.name ?? "",
                submitted: run?.submitted ?? "",
                reason: run?.reason ?? ""
            ),
            selection: run?.selection,
            divergent: divergences[id] ?? 0,
            obstacle: counts.pending > 0 ? scheduler.obstacle(of: id) : nil,
            trouble: storeError
        )
    }

    private func workerReports() -> [JSONValue] {
        peers.all.compactMap { peer in
            guard let worker = peer.worker else { return nil }
            return [
                "worker": .string(worker.description),
                "name": .string(peer.name),
                "build": .string(peer.build),
                "slots": JSONValue(peer.slots),
                "cpus": JSONValue(peer.offer.cpus),
                "gpus": JSONValue(peer.offer.gpus),
                "memory": JSONValue(Int(clamping: peer.offer.memory)),
                "leases": JSONValue(scheduler.leases(of: worker).count),
                "progress": .array(peer.progress.sorted { $0.key < $1.key }.map { .string($0.value) }),
                "numerics": JSONValue(peer.numerics),
            ]
        }
    }

    /// The failed cells of a run, or those after one of them (`RUN/CELL`).
    private func failures(_ selector: String) throws(RouteGridError) -> JSONValue {
        let (name, last) = selector.contains("/") ? try RunReports.parts(of: selector) : (selector, -1)
        let id = try run(name)
        return RunReports.failures(id, served[id]?.lock, scheduler.exceptions(of: id), after: CellID(last))
    }

    /// Why a cell (`RUN/CELL`) waits, runs, failed or is done.
    private func explain(_ selector: String, _ route: RoutingID) throws(RouteGridError) {
        let (name, number) = try RunReports.parts(of: selector)
        let id = try run(name)
        let (lock, cell) = (served[id]?.lock, CellID(number))
        let isCell = lock?.allCells.contains(cell) ?? false
        let report = try RunReports.explanation(
            id,
            cell: cell,
            lock,
            job: isCell ? lock.flatMap { cache.job(ofCell: cell, in: id, lock: $0) } : nil,
            standing: scheduler.standing(of: cell, in: id),
            hasSelected: served[id]?.selection != nil
        ) { [peers] worker in peers.peer(of: worker)?.name ?? worker.description }
        var finished = report
        if case .leased(let worker, let lease, _) = scheduler.standing(of: cell, in: id) {
            finished["progress"] = peers.peer(of: worker)?.progress[lease].map { .string($0) }
        }
        if let audited = audits[id, cell] { finished["audit"] = AuditReports.cell(audited) }
        let told = finished
        access.read { store throws(RouteGridError) in
            try store.log(ofCell: cell, in: id)
        } then: { outcome in
            self.assumeIsolated { server in
                var report = told
                if case .success(let log) = outcome, !log.isEmpty {
                    report["log"] = .string(String(decoding: log, as: UTF8.self))
                }
                server.send(.reply(.object(report)), to: route)
            }
        }
    }

    /// What is on disk, from all starts of the coordinator.
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

    /// Differing results with their records, after one of them, one message at a time: what a backup copies.
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
