import ArgumentParser
import ClusterTrials
import Foundation
import RouteGridBase

/// Kills, freezes and cuts off the processes of a cluster that works, and reports what was lost or doubled.
struct ChaosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Kills, freezes and cuts off the processes of a cluster that works; checks that nothing is lost.",
        discussion: """
            Laps of three minutes at most, each with a state folder of its own. The faults of a lap are drawn from the \
            seed and the lap's number. Ends with 0 when nothing was lost, doubled or changed, else with 4.
            """
    )

    @Option(help: "How long faults are made, in minutes.") var minutes = 5.0
    @Option(help: "Where the faults are drawn from.") var seed: UInt64 = 1
    @Option(help: "How many workers.") var workers = 3
    @Option(help: "The built command.") var routegrid: String
    @Option(help: "The dataset folder that grids are made of.") var dataset: String
    @Option(help: "A folder for everything; kept when a check fails. Default: below the temporary folder.")
    var folder: String?

    func validate() throws {
        guard minutes > 0, (1...16).contains(workers) else {
            throw ValidationError("--minutes takes a positive number, --workers 1 to 16.")
        }
    }

    func run() throws {
        let base = folder ?? NSTemporaryDirectory() + "routegrid-chaos-\(getpid())"
        let laps = max(1, Int((minutes / 3).rounded(.up)))
        let begun = ContinuousClock.now
        var sum = ChaosReport()
        print("seed \(seed), \(laps) laps of \(minutes * 60 / Double(laps)) s; \(base)")
        for lap in 0..<laps {
            let path = "\(base)/lap-\(lap)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let data = dataset
            var options = ChaosOptions(routegrid: routegrid, folder: path) { round in
                ChaosGrids.round(dataset: data, number: lap * 1_000 + round)
            }
            options.seed = seed &* 1_000 &+ UInt64(lap)
            options.faultTime = .seconds(minutes * 60 / Double(laps))
            options.workers = workers
            options.say = { text in
                let passed = (ContinuousClock.now - begun) / .milliseconds(1) / 1_000
                print(String(format: "%8.2f  %@", passed, text))
                fflush(nil)
            }
            options.say("lap \(lap), seed \(options.seed)")
            let report = try ChaosTrial(options).run()
            for line in report.lines { options.say(line) }
            sum = sum + report
            if report.isKept { try? FileManager.default.removeItem(atPath: path) }
        }
        print("all laps:")
        for line in sum.lines { print(line) }
        guard sum.isKept else {
            print("records or boards are wrong, see above; files are in \(base)")
            throw ExitCode(4)
        }
        try? FileManager.default.removeItem(atPath: base)
    }
}
