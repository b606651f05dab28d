import ArgumentParser
import Foundation
import RouteGridBase
import Wire

/// Shows what a cluster does, live.
struct WatchVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows runs, queue, workers and failures while they change.",
        discussion: """
            On a terminal it is a page that is redrawn each second; elsewhere, or with --plain, a line a run every five \
            seconds and one for each failure. It ends when the runs that it shows are over, with 0 whatever their outcome \
            (`wait` gives that), or by Ctrl-C. --output jsonl prints what the coordinator counts, a line at a time.

            Examples:
              routegrid watch --connect tcp://127.0.0.1:7557
              routegrid watch --state ./state --run last
            """
    )

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Watch one run (its number, or last) instead of all.", valueName: "run")
    )
    var selector: String?

    @Option(help: ArgumentHelp("Ask the coordinator this often.", valueName: "seconds"))
    var every = 1.0

    @Flag(help: "Go on when the runs are over.")
    var forever = false

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.05...3_600).contains(every) else { throw ValidationError("--every takes 0.05 to 3600 seconds.") }
    }

    func run() throws {
        let signals = try SignalWatch()
        defer { signals.cancel() }
        let client = try connection.client("watch")
        defer { client.close() }
        let only = try selector.map { name throws(RouteGridError) in try RunReport(client.query(.run, name)).run }
        let isPage = output.output == .table && !output.plain && isatty(STDOUT_FILENO) == 1 && output.console.mayRedraw
        var (view, screen, lines) = (WatchView(), TerminalScreen(), WatchLines(console: output.console))
        defer { screen.close() }
        let begun = ContinuousClock.now
        client.attend = { () throws(RouteGridError) in
            if let signal = signals.received { throw Self.stopped(by: signal) }
            return false
        }
        defer { client.attend = nil }
        do {
            while true {
                let metrics = try client.query(.metrics)
                try view.update(metrics, at: (ContinuousClock.now - begun) / .seconds(1), only: only)
                let isLast = view.isOver && !forever
                if isPage, !isLast {
                    let size = TerminalScreen.size
                    screen.draw(
                        WatchPage(
                            view: view,
                            url: client.url,
                            width: size.width,
                            height: size.height,
                            colors: output.console.colorsData
                        ).lines
                    )
                } else {
                    // The page goes when the alternate screen is left: its last state stays as lines.
                    screen.close()
                    lines.update(&view, isLast: isLast || isPage)
                }
                if isLast { return }
                let next = ContinuousClock.now + .seconds(every)
                while ContinuousClock.now < next {
                    if let signal = signals.received { throw Self.stopped(by: signal) }
                    usleep(20_000)
                }
            }
        } catch {
            screen.close()
            // Ctrl-C is how a page is left.
            if signals.received == SIGINT { return lines.update(&view, isLast: true) }
            // `run` ends its coordinator with its last cell.
            if (error as? RouteGridError)?.code == .unreachable, view.isSettled, !forever {
                return lines.update(&view, isLast: true)
            }
            throw error
        }
    }

    private static func stopped(by signal: Int32) -> RouteGridError {
        RouteGridError(
            RouteGridError.Code(name: "stopped", exitCode: 128 + signal),
            "stopped by \(SignalWatch.name(signal))"
        )
    }
}
