import ArgumentParser
import Foundation
import RouteGridBase
import Wire

/// Waits for a run and ends with the exit code of its outcome.
struct WaitVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until a run is over; the exit code is the outcome of its cells.",
        discussion: """
            Ends with 0 when every cell has a record, 2 when a cell failed, 3 when cells are left (cancelled, stopped, or \
            the time is over), 4 when two results of a cell differ. With --out the run's records are fetched and \
            aggregated into a folder; when the time is over, those that there are, so that --timeout 0 makes a board of \
            what is recorded so far.

            Examples:
              routegrid wait 1 --connect tcp://127.0.0.1:7557 --timeout 600 --out board
              routegrid wait last --state ./state --timeout 0 --out board-so-far
            """
    )

    @Argument(help: ArgumentHelp("The run's number, or last.", valueName: "run"))
    var selector: String

    @Option(help: ArgumentHelp("Give up after so many seconds.", valueName: "seconds"))
    var timeout: Double?

    @Option(help: ArgumentHelp("Fetch the records and write the board into this folder.", valueName: "dir"))
    var out: String?

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var board: BoardOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let client = try connection.client("wait")
        defer { client.close() }
        var progress = ProgressReport(output.console)
        let deadline = timeout.map { ContinuousClock.now + .seconds($0) }
        let begun = ContinuousClock.now
        var report = try RunReport(try client.query(.run, selector))
        while !report.isOver {
            progress.update(report)
            if let deadline, ContinuousClock.now >= deadline {
                progress.finish(report)
                if let out {
                    let partial = RunBoard(client: client, run: report.run, folder: out, page: board.page)
                    try partial.publish(on: output.console)
                }
                throw RouteGridError(
                    .incomplete,
                    "run \(selector) is not over yet: \(report.done) of \(report.cells) cells recorded"
                )
            }
            // The end of a short run is detected at once; long runs are polled less often.
            let passed = ContinuousClock.now - begun
            usleep(UInt32(min(max(passed / .milliseconds(1) * 20, 5_000), 200_000)))
            report = try RunReport(try client.query(.run, selector))
        }
        progress.finish(report)
        if let out {
            try RunBoard(client: client, run: report.run, folder: out, page: board.page).publish(on: output.console)
        } else {
            output.console.emit(report.json, table: "")
        }
        if report.broken > 0 {
            let failures = try RunFailures(of: "\(report.run)") { selector throws(RouteGridError) in
                try client.query(.failures, selector)
            }
            failures.tell(output.console, words: connection.words)
        }
        try report.checkComplete(words: connection.words)
    }
}
