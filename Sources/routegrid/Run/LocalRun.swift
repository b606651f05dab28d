import Aggregator
import ArgumentParser
import Catalog
import Coordinator
import Foundation
import Grid
import Keys
import RouteGridBase
import Wire
import Worker
import ZeroMQ

/// One grid on a cluster of child processes, from start to board.
struct LocalRun {
    let grid: ResolvedGrid
    let workers: Int
    let stateFolder: String
    let outFolder: String
    let console: Console
    var page = BoardPage()
    /// Shows the report when the board is written.
    var opensReport = false
    /// What `exec` routers may run.
    var programs = AllowedPrograms()
    /// Where a live page of the run is served, `ADDRESS:PORT`; nil: nowhere.
    var dashboard: String?

    /// Runs the grid; throws the error with which the command ends.
    ///
    /// SIGINT, SIGTERM, SIGHUP and SIGQUIT stop the cluster; records stay, and the same command resumes with the rest.
    /// Children that are killed are restarted.
    func perform() throws {
        let lock = grid.lock
        let measuring = lock.latencyCellCount > 0 ? " (\(lock.latencyCellCount) cells measure latency)" : ""
        console.note(
            "grid \(lock.name): \(lock.firstStageCount) cells in \(lock.activeGroupCount) fits\(measuring), "
                + (lock.isUnsealed ? "" : "then test for what is selected on dev, ") + "mode \(lock.mode.rawValue), "
                + "numerics \(lock.numerics)"
        )
        try checkPrograms()
        try checkResources()
        try checkIdle()
        try OutputFolder(path: outFolder).claim()
        let signals = try SignalWatch()
        let cluster = try LocalCluster(
            workers: workers,
            stateFolder: stateFolder,
            console: console,
            workerOptions: ProgramOptions.words(programs)
        )
        defer {
            cluster.stop(isUrgent: signals.received != nil)
            signals.cancel()
        }
        let watch = RunWatch(cluster, signals, stateFolder: stateFolder, console: console)
        let started = Date()
        let clock = ContinuousClock.now
        let client = try connect(to: cluster, watch)
        defer { client.close() }
        // There is no short timeout for a running coordinator: it may read a large state folder, or wait for a slow
        // disk.
        client.requestLimit = .seconds(3_600)
        let live = try dashboard.map { place throws(RouteGridError) in try page(at: place, of: cluster, watch) }
        defer { live?.stop() }
        client.attend = { () throws(RouteGridError) in
            live?.tend()
            return try watch.look()
        }
        defer { client.attend = nil }
        let run = try submitted(through: client, watch)
        let report = try waited(for: run, client, watch)
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        let words = " --state \(ShellWord.quoted(stateFolder))"
        let facts = try published(run, report, client, signals)
        let breakdown = TimeBreakdown(facts: facts, since: started)
        if breakdown.cellCount > 0 { console.note(breakdown.text(workers: workers, wallSeconds: seconds)) }
        if report.broken > 0 {
            let failures = try RunFailures(of: "\(run)") { selector throws(RouteGridError) in
                try client.query(.failures, selector)
            }
            failures.tell(console, words: words)
        }
        try report.checkComplete(words: words)
    }

    /// Fails when no worker of this run would be given its cells.
    private func checkPrograms() throws(RouteGridError) {
        let missing = grid.lock.programs.subtracting(programs.names).sorted()
        guard let first = missing.first else { return }
        let names = missing.map(SafeText.line).joined(separator: ", ")
        throw RouteGridError(
            .usage,
            "grid \(grid.lock.name) has exec routers of programs that are not allowed here: \(names); "
                + "routegrid run --allow-exec \(ShellWord.quoted(first))=PATH allows one"
        )
    }

    /// Fails when no worker of this run has what its fits need.
    private func checkResources() throws(RouteGridError) {
        let (lock, limits) = (grid.lock, MachineLimits())
        let gpus = GPUList.ofThisMachine().part(0, of: workers).names.count
        var missing: [String] = []
        if lock.resources.cpus > max(1, limits.cores) {
            missing.append("\(lock.resources.cpus) cpus, and this machine has \(limits.cores)")
        }
        if lock.resources.gpus > gpus {
            let share = workers > 1 ? " with --workers \(workers), which share those of the machine" : ""
            missing.append("\(lock.resources.gpus) gpus, and a worker here has \(gpus)\(share)")
        }
        if lock.limits.memoryBytes > limits.memory {
            missing.append(
                "\(lock.limits.memoryBytes >> 20) MiB of memory, and this machine has \(limits.memory >> 20)"
            )
        }
        guard !missing.isEmpty else { return }
        let text = missing.joined(separator: "; ")
        throw RouteGridError(.usage, "grid \(lock.name): a fit needs (resources) \(text)")
    }

    /// The dashboard of the run.
    private func page(
        at place: String,
        of cluster: LocalCluster,
        _ watch: RunWatch
    ) throws(RouteGridError) -> RunDashboard {
        let log = cluster.logs.file(of: "dashboard")
        return try RunDashboard(at: place, of: cluster.url, log: log, console: console) { () throws(RouteGridError) in
            _ = try watch.look()
        }
    }

    /// Fails when another coordinator uses the state folder.
    private func checkIdle() throws(RouteGridError) {
        guard let address = CoordinatorAddress(stateFolder: stateFolder),
            let client = try? ClusterClient.connect(
                (try? ZMQAddress(address.url).onThisMachine?.text) ?? address.url,
                key: .local(.admin),
                within: .milliseconds(500),
                name: "run"
            )
        else { return }
        defer { client.close() }
        guard client.welcome.coordinator == Data(address.identity) else { return }
        let state = ShellWord.quoted(stateFolder)
        throw RouteGridError(
            .temporary,
            "\(stateFolder): another coordinator uses this state folder; routegrid status --state \(state) shows what it does, "
                + "and --state takes another folder"
        )
    }

    /// The board is made on this thread, and a signal meanwhile ends the process at once.
    private func published(
        _ run: RunID,
        _ report: RunReport,
        _ client: ClusterClient,
        _ signals: SignalWatch
    ) throws -> [JSONValue] {
        let (out, isDrawing) = (outFolder, console.drawsProgress)
        let text = "\(report.done) of \(report.cells) cells are recorded; the same command makes the board"
        return try signals.interruptibly { signal in
            OutputFolder.stopReplacing()
            OutputFolder.removeUnfinished(in: out)
            let line = CommandFailure.line("stopped by \(SignalWatch.name(signal)): \(text)")
            Console.writeError((isDrawing ? "\n" : "") + line)
        } _: {
            try RunBoard(client: client, run: run, folder: outFolder, page: page, opensReport: opensReport)
                .publish(on: console)
        }
    }

    private func connect(to cluster: LocalCluster, _ watch: RunWatch) throws -> ClusterClient {
        // There is no timeout while the coordinator runs: it may have much to read.
        while true {
            do throws(RouteGridError) {
                return try ClusterClient.connect(
                    cluster.url,
                    key: .local(.admin),
                    within: .milliseconds(500),
                    name: "run"
                )
            } catch {
                guard error.code == .unreachable else { throw error }
            }
            _ = try watch.look()
        }
    }

    /// Submits the grid once, even when the coordinator is killed before its answer.
    private func submitted(through client: ClusterClient, _ watch: RunWatch) throws -> RunID {
        while true {
            let replacements = watch.replacements
            do {
                return try submission(through: client)
            } catch let error as RouteGridError where error.code == .unreachable {
                guard watch.replacements != replacements else { throw error }
            }
        }
    }

    /// The unfinished run of the same grid, or a new one; ahead of other unfinished runs of the state folder.
    private func submission(through client: ClusterClient) throws -> RunID {
        let replies = try client.query(.status)["runs"]?.arrayValue ?? []
        var unfinished: [RunReport] = []
        for reply in replies {
            let report = try RunReport(reply)
            if !report.isOver { unfinished.append(report) }
        }
        var known: RunReport?
        for report in unfinished where known == nil {
            let lock = try client.query(.lock, "\(report.run)")["lock"]?.stringValue
            if lock?.utf8.elementsEqual(grid.lock.bytes) == true { known = report }
        }
        let run = try known?.run ?? client.submit(grid).run
        if let known {
            console.note("run \(run) goes on: \(known.done) of \(known.cells) cells are recorded")
            if known.state == "paused" { try client.control(.resume, "\(run)") }
        }
        if let other = unfinished.filter({ $0.run != run }).max(by: { $0.priority < $1.priority }) {
            console.note("the state folder holds other unfinished runs; this one goes first")
            try client.control(.priority, "\(run)", value: String(max(other.priority + 1, grid.lock.priority)))
        }
        return run
    }

    private func waited(for run: RunID, _ client: ClusterClient, _ watch: RunWatch) throws -> RunReport {
        var progress = ProgressReport(console)
        while true {
            let report = try RunReport(try client.query(.run, "\(run)"))
            watch.hear(report)
            if try watch.look() { client.reconnect() }
            if report.isOver {
                progress.finish(report)
                return report
            }
            progress.update(report)
            usleep(50_000)
        }
    }
}
