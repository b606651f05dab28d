import Foundation
import RouteGridBase
import Wire

/// A coordinator, a real grid, and thousands of peers in a few processes.
package struct SwarmTrial {
    private let routegrid: String
    private let dataset: String
    private let folder: String
    private let workers: Int
    private let processes: Int
    private let seconds: Double
    /// Gets a line a second about how far it is.
    package var say: (String) -> Void = { _ in }

    package init(routegrid: String, dataset: String, folder: String, workers: Int, processes: Int, seconds: Double) {
        (self.routegrid, self.dataset, self.folder) = (routegrid, dataset, folder)
        (self.workers, self.processes, self.seconds) = (workers, processes, seconds)
    }

    /// A cell a fit, and enough of them that each peer gets several.
    private var grid: String {
        """
        name: swarm
        datasets:
          d: {path: "\(dataset)"}
        splits: [{kind: random, train: 0.6, dev: 0.2, test: 0.2, seed: 1}]
        routers: [{kind: random, trials: 1}]
        seeds: ["range(0,\(6 * workers))"]
        budgets: {rule: threshold, at: [1x]}
        limits: {cells: 10000000}
        """
    }

    /// - Throws: `system` when something cannot be started here.
    package func run() throws -> SwarmReport {
        let port = try LoopbackSocket.steadyPort()
        let url = "tcp://127.0.0.1:\(port)"
        let coordinator = try TrialProcess(
            [
                routegrid, "coordinator", "--bind", url, "--state", folder + "/state", "--quiet", "--insecure-plaintext",
                "--made-up-records",
            ],
            name: "coordinator",
            logs: folder
        )
        let client = try ClusterClient.connect(url, within: .seconds(30), name: "swarm")
        defer { client.close() }
        client.requestLimit = .seconds(30)
        try Data(grid.utf8).write(to: URL(fileURLWithPath: folder + "/grid.yaml"))
        let submit = try TrialProcess(
            [routegrid, "submit", folder + "/grid.yaml", "--connect", url, "--insecure-plaintext"],
            name: "submit",
            logs: folder
        )
        guard submit.wait(.seconds(60)) == 0 else { throw RouteGridError(.system, submit.lastLine) }
        // The run is paused until all peers are connected, so that each gets a lease.
        try client.control(.pause, "1")
        let numerics = try numericsOfRun(client)

        var report = SwarmReport(workers: workers, memoryBefore: coordinator.memory)
        let begun = ContinuousClock.now
        let peers = try startPeers(url, numerics)
        try awaiting(begun + .seconds(120)) { told(peers).welcomed == workers }
        report.connectSeconds = (.now - begun) / .seconds(1)
        report.memoryConnected = coordinator.memory
        report.idleCPU = try share(of: coordinator, during: 10)
        try client.control(.resume, "1")
        let start = ContinuousClock.now
        try awaiting(start + .seconds(120)) { told(peers).served == workers }
        report.serveSeconds = (.now - start) / .seconds(1)
        report.busyCPU = try share(of: coordinator, during: seconds)
        report.memoryBusy = coordinator.memory
        let status = try client.query(.status)
        report.listed = status["workers"]?.arrayValue?.count ?? 0
        report.lost = Int(status["counters"]?["workers_lost"]?.integerValue ?? -1)
        report.peers = summary(of: peers)
        report.watched = (.now - begun) / .seconds(1)
        for peer in peers { peer.send(SIGTERM) }
        for peer in peers { _ = peer.wait(.seconds(30)) }
        coordinator.send(SIGTERM)
        report.ending = coordinator.wait(.seconds(60))
        return report
    }

    private func numericsOfRun(_ client: ClusterClient) throws -> String {
        let text = try client.query(.lock, "1")["lock"]?.stringValue ?? ""
        guard let class_ = try JSONValue(parsing: text, place: "lock")["numerics"]?.stringValue else {
            throw RouteGridError(.system, "the lock names no numerics class")
        }
        return class_
    }

    private func startPeers(_ url: String, _ numerics: String) throws -> [TrialProcess] {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return try (0..<processes).map { number in
            let (first, end) = (workers * number / processes, workers * (number + 1) / processes)
            return try TrialProcess(
                [
                    program, "peers", "--connect", url, "--count", "\(end - first)", "--first", "\(first)",
                    "--numerics", numerics, "--work", "8",
                ],
                name: "peers-\(number)",
                logs: folder
            )
        }
    }

    private func summary(of peers: [TrialProcess]) -> SwarmSummary {
        var sum = SwarmSummary()
        for peer in peers {
            let line = peer.output.split(separator: "\n").last { $0.hasSuffix("}") }
            if let line, let json = try? JSONValue(parsing: String(line), place: "peers") { sum.add(json) }
        }
        return sum
    }

    private func told(_ peers: [TrialProcess]) -> SwarmSummary {
        let sum = summary(of: peers)
        say(sum.json.jsonText)
        return sum
    }

    private func awaiting(_ deadline: ContinuousClock.Instant, _ isDone: () -> Bool) throws {
        while !isDone(), ContinuousClock.now < deadline { usleep(1_000_000) }
    }

    /// Cores that a process keeps busy.
    private func share(of process: TrialProcess, during seconds: Double) throws -> Double {
        let (before, begun) = (process.processorSeconds, ContinuousClock.now)
        usleep(UInt32(seconds * 1e6))
        return (process.processorSeconds - before) / ((.now - begun) / .seconds(1))
    }
}

/// What a swarm did to its coordinator.
package struct SwarmReport: Sendable {
    let workers: Int
    let memoryBefore: Int
    var connectSeconds = 0.0
    var serveSeconds = 0.0
    var watched = 0.0
    var memoryConnected = 0
    var memoryBusy = 0
    var idleCPU = 0.0
    var busyCPU = 0.0
    var listed = 0
    var lost = 0
    var peers = SwarmSummary()
    var ending: TrialProcess.Status = -1

    init(workers: Int, memoryBefore: Int) { (self.workers, self.memoryBefore) = (workers, memoryBefore) }

    package var isKept: Bool {
        peers.served == workers && listed == workers && lost == 0 && peers.silences == 0 && ending == 128 + SIGTERM
    }

    package var lines: [String] {
        func short(_ value: Double) -> String { String(format: "%.2f", value) }
        return [
            "\(peers.welcomed) of \(workers) workers connected after \(short(connectSeconds)) s",
            "\(peers.served) served \(short(serveSeconds)) s after the run was resumed; \(peers.leases) leases, "
                + "\(peers.acknowledged) records acknowledged in \(short(watched)) s",
            "heartbeats: \(peers.heartbeats) sent, \(peers.heartbeatsHeard) answered; silences \(peers.silences), "
                + "greeted again \(peers.greetedAgain), lost \(lost), listed at the end \(listed)",
            "coordinator: \(memoryBefore >> 20) MiB before, \(memoryConnected >> 20) MiB connected "
                + "(\((memoryConnected - memoryBefore) / 1024 / max(1, workers)) KiB a worker), \(memoryBusy >> 20) MiB busy",
            "coordinator: \(short(idleCPU)) cores when only heartbeats come, \(short(busyCPU)) with leases and records",
            "coordinator ended with \(ending)",
        ]
    }
}

extension TrialProcess {
    /// Bytes that it holds now.
    var memory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
    }

    /// Seconds of a core that it has used.
    var processorSeconds: Double {
        let text = (try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
