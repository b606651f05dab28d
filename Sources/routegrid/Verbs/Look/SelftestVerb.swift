import ArgumentParser
import RouteGridBase
import Simulation

/// Simulates histories of a cluster and reports whether the guarantees held in each.
struct SelftestVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Tries the scheduler in simulated histories full of faults.",
        discussion: """
            Each history is drawn from its seed: the real scheduler among simulated workers, messages that are lost,
            doubled, late or out of order, partitions, stopped and killed processes, a full disk and a jumping clock.
            Checked in each: a cell is recorded once, no acknowledged record is lost, blame falls on the right cell,
            everything that can be recorded is recorded once the faults stop. The same seed plays the same history.

            Ends with 0 when all of them pass, else with 4 and the seeds of those that failed.

            Example:
              routegrid selftest --seed 1 --histories 1000
            """
    )

    @Option(help: "The seed of the first history; the others count on from it.")
    var seed: UInt64 = 1

    @Option(help: "How many histories.")
    var histories = 1_000

    @Option(help: "How many workers each has, up to 10000; drawn when not given.")
    var workers: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...10_000_000).contains(histories) else {
            throw ValidationError("--histories \(histories): expected 1 to 10000000.")
        }
        guard seed <= UInt64(Int.max) - UInt64(histories) else {
            throw ValidationError("--seed \(seed): expected at most \(Int.max - histories).")
        }
        if let workers, !(1...10_000).contains(workers) {
            throw ValidationError("--workers \(workers): expected 1 to 10000.")
        }
    }

    func run() throws {
        let console = output.console
        var options = SimulationOptions()
        options.workers = workers
        if let workers, workers > 100 { options.cells = 4 * workers }
        let count = histories
        let report = Simulation.sweep(seeds: seed..<seed + UInt64(count), options: options) { over in
            if console.drawsProgress, over % 50 == 0 || over == count {
                Console.writeError("\r\(over) of \(count) histories")
            }
        }
        if console.drawsProgress { Console.writeError("\n") }
        console.emit(document(report), table: table(report))
        guard report.failureCount == 0 else {
            throw RouteGridError(.checkFailed, "the checks failed in \(report.failureCount) of \(count) histories")
        }
    }

    private func replay(_ failure: SimulationReport) -> String {
        failure.replay + (workers.map { " --workers \($0)" } ?? "")
    }

    private func document(_ report: SweepReport) -> JSONValue {
        [
            "schema": "routegrid/selftest/v1", "seed": JSONValue(Int(seed)), "histories": JSONValue(report.histories),
            "failed": JSONValue(report.failureCount), "lost": JSONValue(report.lost),
            "duplicated": JSONValue(report.duplicated), "unexpected": JSONValue(report.unexpected),
            "recovered": JSONValue(report.recovered), "records": JSONValue(report.records),
            "executions": JSONValue(report.executions), "commits": JSONValue(report.commits),
            "coordinator_crashes": JSONValue(report.coordinatorCrashes),
            "worker_crashes": JSONValue(report.workerCrashes), "events": JSONValue(report.events),
            "failures": .array(
                report.failures.map { failure in
                    [
                        "seed": JSONValue(Int(failure.seed)), "replay": .string(replay(failure)),
                        "trace_hash": .string(String(failure.traceHash, radix: 16)),
                        "violations": .array(failure.violations.map { .string($0) }),
                    ]
                }
            ),
        ]
    }

    private func table(_ report: SweepReport) -> String {
        var table = TextTable("what", "count")
        table.add("histories", "\(report.histories)")
        table.add("of these failed", "\(report.failureCount)")
        table.add("records lost", "\(report.lost)")
        table.add("records duplicated", "\(report.duplicated)")
        table.add("records unexpected", "\(report.unexpected)")
        table.add("results delivered again", "\(report.recovered)")
        table.add("records", "\(report.records)")
        table.add("executions", "\(report.executions)")
        table.add("commits", "\(report.commits)")
        table.add("coordinators killed", "\(report.coordinatorCrashes)")
        table.add("workers killed", "\(report.workerCrashes)")
        table.add("events", "\(report.events)")
        let failures = report.failures.map { failure in
            let first = failure.violations.first ?? "records were lost, doubled or changed"
            return "seed \(failure.seed): \(first)\n  \(replay(failure))\n"
        }
        return table.rendered(bold: output.console.colorsData) + failures.joined()
    }
}
