import Foundation
import RouteGridBase
import Scheduling
import Wire

/// Asks the coordinator once a tick, however many clients look, and publishes the answer.
///
/// It runs on a thread of its own: a client of a coordinator waits for its answers.
struct ClusterFeed {
    private let connect: @Sendable () throws -> ClusterClient
    private let state: LiveState
    private let tick: Duration
    private let wanted: WorkersWanted
    private var rates: [Int: CellRate] = [:]
    private var lanes = SlotLanes()
    private var failures = FailureReports()
    private let begun = ContinuousClock.now
    private var pinged = ContinuousClock.now

    init(
        state: LiveState,
        tick: Duration,
        wanted: WorkersWanted,
        connect: @escaping @Sendable () throws -> ClusterClient
    ) {
        (self.state, self.tick, self.wanted, self.connect) = (state, tick, wanted, connect)
    }

    /// Runs until it is stopped.
    mutating func run(isStopped: @escaping @Sendable () -> Bool) {
        var client: ClusterClient?
        while !isStopped() {
            let next = ContinuousClock.now + tick
            do {
                if client == nil { client = try connect() }
                client?.attend = { () throws(RouteGridError) in
                    if isStopped() { throw RouteGridError(.temporary, "stopped") }
                    return false
                }
                if let client { try ask(client) }
            } catch {
                client?.close()
                client = nil
                state.publish(trouble: (error as? RouteGridError)?.message ?? "\(error)")
            }
            if ContinuousClock.now - pinged > .seconds(15) {
                pinged = .now
                state.ping()
            }
            while ContinuousClock.now < next, !isStopped() { usleep(20_000) }
        }
        client?.close()
    }

    private mutating func ask(_ client: ClusterClient) throws {
        var metrics = ShownText.safe(try client.query(.metrics))
        try failures.update(metrics, client)
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let time = Date().timeIntervalSince1970
        lanes.add(metrics, at: time)
        let runs = (metrics["runs"]?.arrayValue ?? []).map { withRate($0, at: seconds) }
        let demand = try? WorkDemand(json: metrics["demand"])
        var members = metrics.objectValue ?? [:]
        members["workers_wanted"] = demand.map { JSONValue(wanted.count(for: $0)) } ?? .null
        metrics = .object(members)
        let failures = failures.json
        let snapshot: JSONValue = [
            "schema": "routegrid/dashboard/v1", "time": .double(time), "url": .string(SafeText.line(client.url)),
            "coordinator": metrics["coordinator"] ?? .null, "cells": metrics["cells"] ?? .null,
            "queue": metrics["queue"] ?? .null, "leases": metrics["leases"] ?? .null,
            "workers": metrics["workers"] ?? .null, "workers_wanted": metrics["workers_wanted"] ?? .null,
            "records": metrics["records"] ?? .null, "commits": metrics["commits"] ?? .null,
            "runs": .array(runs), "worker_list": metrics["worker_list"] ?? [], "stream": lanes.last,
            "failures": failures,
        ]
        let data = Data(snapshot.jsonText.utf8)
        let stream = JSONValue.object(["samples": .array(lanes.samples)])
        state.publish(
            { documents in
                documents.status = data
                documents.runs = Self.document("runs", .array(runs))
                documents.workers = Self.document("workers", metrics["worker_list"] ?? [])
                documents.failures = Data(failures.jsonText.utf8)
                documents.stream = Data(stream.jsonText.utf8)
                documents.metrics = metrics
            },
            snapshot: data
        )
    }

    private static func document(_ name: String, _ list: JSONValue) -> Data {
        Data(JSONValue.object(["schema": .string("routegrid/\(name)/v1"), name: list]).jsonText.utf8)
    }

    /// A run's report with the rate of computed cells and the seconds that are left by it.
    private mutating func withRate(_ run: JSONValue, at seconds: Double) -> JSONValue {
        guard case .object(var members) = run, let report = try? RunReport(run) else { return run }
        let number = Int(clamping: report.run.rawValue)
        rates[number, default: CellRate()].add(report.done - report.reused, at: seconds)
        let rate = report.isOver ? nil : rates[number]?.rate(at: seconds)
        let left = report.cells - report.done - report.broken
        members["rate"] = rate.map { .double($0) } ?? .null
        members["eta_s"] = rate.flatMap { $0 > 0 && left > 0 ? .double(Double(left) / $0) : nil } ?? .null
        members["over"] = .bool(report.isOver)
        return .object(members)
    }
}

/// Failed cells of the runs that have some, grouped by reason, with the end of standard error of one of each group.
struct FailureReports {
    private static let runsAsked = 4
    private static let groupsKept = 12

    private var counts: [Int: Int] = [:]
    private var groups: [Int: [JSONValue]] = [:]
    private var recent: [JSONValue] = []

    /// Asks for the failures of runs whose count changed.
    mutating func update(_ metrics: JSONValue, _ client: ClusterClient) throws {
        recent = (metrics["failures"]?.arrayValue ?? []).reversed()
        let runs = (metrics["runs"]?.arrayValue ?? []).suffix(32)
        var asked = 0
        for item in runs.reversed() {
            let report = try RunReport(item)
            let number = Int(clamping: report.run.rawValue)
            guard report.broken > 0 else {
                (counts[number], groups[number]) = (nil, nil)
                continue
            }
            guard counts[number] != report.broken, asked < Self.runsAsked else { continue }
            asked += 1
            counts[number] = report.broken
            // The first page is enough for reasons; it is bounded where a run has a million failures.
            let page = try client.query(.failures, "\(number)")
            let found = try RunFailures(of: "\(number)") { _ throws(RouteGridError) in
                var members = page.objectValue ?? [:]
                members["next"] = .null
                return .object(members)
            }
            groups[number] = try found.groups.prefix(Self.groupsKept).map { group in
                var members = group.json.objectValue ?? [:]
                members["run"] = JSONValue(number)
                members["log"] = try client.query(.explain, "\(number)/\(group.cell)")["log"] ?? .null
                return ShownText.safe(.object(members))
            }
        }
    }

    var json: JSONValue {
        [
            "schema": "routegrid/failure-groups/v1",
            "groups": .array(groups.sorted { $0.key > $1.key }.flatMap(\.value)),
            "recent": .array(recent),
        ]
    }
}
