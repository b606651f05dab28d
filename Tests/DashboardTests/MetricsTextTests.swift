import Foundation
import RouteGridBase
import Testing

@testable import Dashboard

@Suite(.timeLimit(.minutes(2))) struct MetricsTextTests {
    private let metrics: JSONValue = [
        "coordinator": ["build": "a\"b\\c\nd", "uptime_s": 12.5],
        "cells": ["done": 3, "leased": 2, "waiting": 1, "backing_off": 0, "failed": 1, "quarantined": 0],
        "queue": ["depth": 4, "runnable": 4, "runs_active": 1],
        "workers": ["connected": 2, "slots": 8, "slots_busy": 3],
        "records": ["committed_total": 7, "equal_total": 1, "divergent": 0], "workers_wanted": 5,
        "failures_total": ["timeout": 2, "error": 1], "messages": ["refused_total": ["refused": 3], "unsent_total": 0],
        "commits": [
            "total": 2, "seconds_total": 0.75, "stalled": true,
            "buckets": [["le": 0.5, "count": 1], ["le": 2.5, "count": 2]],
        ],
    ]

    @Test func `values and labels are as Prometheus reads them`() {
        let text = MetricsText(metrics, clients: 3, age: 0.5).text
        for line in [
            "routegrid_up 1", "routegrid_workers_wanted 5", "routegrid_cells{state=\"done\"} 3",
            "routegrid_queue_depth 4",
            "routegrid_cells_total{state=\"failed\"} 3", "routegrid_failures_total{kind=\"timeout\"} 2",
            "routegrid_build_info{build=\"a\\\"b\\\\c␊d\"} 1", "routegrid_commit_seconds_bucket{le=\"0.5\"} 1",
            "routegrid_commit_seconds_bucket{le=\"+Inf\"} 2", "routegrid_commit_seconds_sum 0.75",
            "routegrid_store_stalled 1", "routegrid_messages_refused_total{reason=\"refused\"} 3",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(MetricsText(metrics, clients: 0, age: 11).text.contains("\nroutegrid_up 0\n"))
        #expect(MetricsText(.null, clients: 0, age: nil).text.contains("\nroutegrid_up 0\n"))
    }

    @Test func `rules and the Grafana dashboard name only series that there are`() throws {
        let text = MetricsText(metrics, clients: 1, age: 1).text
        let known = Set(text.matches(of: #/TYPE (routegrid_[a-z_]+)/#).map { String($0.output.1) })
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        for name in ["alerts.yaml", "routegrid.json"] {
            let file = try String(contentsOf: root.appending(path: "deploy/grafana/\(name)"), encoding: .utf8)
            let named = Set(
                file.matches(of: /routegrid_[a-z_]+/).map { String($0.output).replacing("_bucket", with: "") }
            )
            #expect(named.count > 5 && named.isSubset(of: known), "\(name): \(named.subtracting(known))")
        }
    }

    @Test func `promtool has nothing to say where it is installed`() throws {
        let promtool = "/usr/bin/promtool"
        guard FileManager.default.isExecutableFile(atPath: promtool) else { return }
        let check = Process()
        check.executableURL = URL(fileURLWithPath: promtool)
        check.arguments = ["check", "metrics"]
        let (input, output) = (Pipe(), Pipe())
        (check.standardInput, check.standardOutput, check.standardError) = (input, output, output)
        try check.run()
        input.fileHandleForWriting.write(Data(MetricsText(metrics, clients: 1, age: 1).text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        check.waitUntilExit()
        #expect(check.terminationStatus == 0 && said.isEmpty, "\(said)")
    }
}
