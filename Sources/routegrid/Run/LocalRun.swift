import Aggregator
import ArgumentParser
import Foundation
import Grid
import RouteGridBase
import RouterCatalog
import Wire

/// One grid on a cluster of this machine's own, from start to board.
struct LocalRun {
    let grid: ResolvedGrid
    let workers: Int
    let stateFolder: String
    let outFolder: String
    let console: Console

    /// Runs the grid; throws what the command is to end with.
    ///
    /// SIGINT and SIGTERM stop the cluster in order; what is recorded stays, and the same command goes on with the rest.
    func perform() throws {
        let lock = grid.lock
        let measuring = lock.latencyCellCount > 0 ? " (\(lock.latencyCellCount) cells measure latency)" : ""
        console.note(
            "grid \(lock.name): \(lock.firstStageCount) cells in \(lock.groupCount) fits\(measuring), "
                + (lock.isUnsealed ? "" : "then test for what is selected on dev, ") + "mode \(lock.mode.rawValue), "
                + "numerics \(lock.numerics)"
        )
        _ = try OutputFolder(path: outFolder)
        let signals = SignalWatch { _ in }
        let cluster = try LocalCluster(workers: workers, stateFolder: stateFolder, console: console)
        defer {
            cluster.stop()
            signals.cancel()
        }
        let started = Date()
        let clock = ContinuousClock.now
        let client = try connect(to: cluster, signals)
        defer { client.close() }
        let run = try submitted(through: client)
        let report = try waited(for: run, client, cluster, signals)
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        let facts = try RunBoard(client: client, run: run, folder: outFolder).publish(on: console)
        let breakdown = TimeBreakdown(facts: facts, since: started)
        if breakdown.cellCount > 0 { console.note(breakdown.text(workers: workers, wallSeconds: seconds)) }
        try report.checkComplete()
    }

    private func connect(to cluster: LocalCluster, _ signals: SignalWatch) throws -> ClusterClient {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do throws(RouteGridError) {
                return try ClusterClient.connect(cluster.url, within: .milliseconds(500), name: "run")
            } catch {
                guard error.code == .unreachable, ContinuousClock.now < deadline else { throw error }
            }
            try cluster.tend()
            try stopIfAsked(signals, nil)
        }
    }

    /// The unfinished run of the same grid, or a new one; before other unfinished runs of the state folder.
    private func submitted(through client: ClusterClient) throws -> UInt64 {
        let replies = try client.query("status")["runs"]?.arrayValue ?? []
        var unfinished: [RunReport] = []
        for reply in replies {
            let report = try RunReport(reply)
            if !report.isOver { unfinished.append(report) }
        }
        var known: RunReport?
        for report in unfinished where known == nil {
            let lock = try client.query("lock", String(report.run))["lock"]?.stringValue
            if lock?.utf8.elementsEqual(grid.lock.bytes) == true { known = report }
        }
        let run = try known?.run ?? client.submit(grid).run
        if let known {
            console.note("run \(run) goes on: \(known.done) of \(known.cells) cells are recorded")
            if known.state == "paused" { try client.control("resume", String(run)) }
        }
        if let other = unfinished.filter({ $0.run != run }).max(by: { $0.priority < $1.priority }) {
            console.note("the state folder holds other unfinished runs; this one goes first")
            try client.control("priority", String(run), value: String(max(other.priority + 1, grid.lock.priority)))
        }
        return run
    }

    private func waited(
        for run: UInt64,
        _ client: ClusterClient,
        _ cluster: LocalCluster,
        _ signals: SignalWatch
    ) throws -> RunReport {
        var progress = ProgressReport(console)
        while true {
            let report = try RunReport(try client.query("run", String(run)))
            if report.isOver {
                progress.finish(report)
                return report
            }
            progress.update(report)
            try cluster.tend()
            try stopIfAsked(signals, report)
            usleep(50_000)
        }
    }

    private func stopIfAsked(_ signals: SignalWatch, _ report: RunReport?) throws {
        guard let signal = signals.received else { return }
        let done = report.map { "\($0.done) of \($0.cells) cells are recorded; " } ?? ""
        if console.drawsProgress { Console.writeError("\n") }
        console.note("stopped by a signal: \(done)the same command goes on with the rest")
        throw ExitCode(128 + signal)
    }
}
