import ArgumentParser
import ClusterTrials
import Foundation
import RouteGridBase

/// Many connected workers on one coordinator.
struct SwarmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swarm",
        abstract: "Connects thousands of workers that compute nothing to one coordinator, and measures it.",
        discussion: """
            Each worker has a socket, a greeting, a credit, leases of a real grid that it answers with made-up records, and a \
            heartbeat a second. Ends with 0 when each got and answered a lease and none was lost, else with 4.
            """
    )

    @Option(help: "How many workers.") var workers = 10_000
    @Option(help: "Processes that they are spread over.") var processes = 4
    @Option(help: "How long everything is watched once all are connected, in seconds.") var seconds = 60.0
    @Option(help: "The built command.") var routegrid: String
    @Option(help: "The dataset folder that the grid is made of.") var dataset: String

    func run() throws {
        let folder = NSTemporaryDirectory() + "routegrid-swarm-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var trial = SwarmTrial(
            routegrid: routegrid,
            dataset: dataset,
            folder: folder,
            workers: workers,
            processes: processes,
            seconds: seconds
        )
        trial.say = { text in FileHandle.standardError.write(Data((text + "\n").utf8)) }
        let report = try trial.run()
        for line in report.lines { print(line) }
        guard report.isKept else { throw ExitCode(4) }
    }
}

/// One process of a swarm; `swarm` starts it.
struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers",
        abstract: "Some of the workers of a swarm; ends at SIGTERM and prints what they saw.",
        shouldDisplay: false
    )

    @Option var connect: String
    @Option var count: Int
    @Option var first: Int
    @Option var numerics: String
    @Option var work: Double

    func run() throws {
        signal(SIGTERM, SIG_IGN)
        let stopped = DispatchSemaphore(value: 0)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM, queue: .global())
        source.setEventHandler { stopped.signal() }
        source.resume()
        var options = SwarmOptions(url: connect, count: count, numerics: [numerics])
        options.firstNumber = first
        options.work = .seconds(work)
        let swarm = Swarm(options)
        while stopped.wait(timeout: .now() + 1) == .timedOut {
            print(SwarmSummary(try swarm.counts()).json.jsonText)
            fflush(nil)
        }
        swarm.stop()
    }
}
