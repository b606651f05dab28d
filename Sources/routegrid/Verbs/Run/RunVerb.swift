import ArgumentParser
import Foundation
import Grid
import RouteGridBase
import Wire
import Worker

/// From a grid file to a leaderboard on one machine.
struct RunVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a grid on this machine: coordinator, workers and aggregation together.",
        discussion: """
            Records stay in the state folder: a run that was stopped is continued, and what is recorded is never \
            computed again. The board goes to stdout, files to the output folder. Without --state and --out they are \
            state/ and out/NAME below the current folder, which must hold the grid file; files there that routegrid did \
            not write are never overwritten. report.html there is the board for people.

            Meanwhile, elsewhere: `routegrid status --state DIR` shows how far it is, and \
            `routegrid wait last --state DIR --timeout 0 --out BOARD` makes a board of what is recorded so far.

            A dataset folder in place of a grid file is run with a standard grid: baselines, and a few routers on its \
            embeddings, else on hashed words of its prompts.

            Examples:
              routegrid run jobs/demo.yaml --workers 4 --state ./state --out ./out
              routegrid run jobs/demo.yaml --dashboard --open
              routegrid run jobs/data/mathvision15 --state ./state --out ./out
              routegrid run mine.yaml --allow-exec ridge=jobs/routers/ridge.py
            """
    )

    @Argument(help: ArgumentHelp("The grid file, or a dataset folder.", valueName: "grid"))
    var grid: String

    @Option(help: "How many workers, each one process that computes; without it, one a core.")
    var workers: Int?

    @Option(help: ArgumentHelp("The state folder, on a local disk; without it, state/.", valueName: "dir"))
    var state: String?

    @Option(
        help: ArgumentHelp("The folder for the board's files; without it, out/ and the grid's name.", valueName: "dir")
    )
    var out: String?

    @Flag(help: "Open the report in a browser when the board is written.")
    var open = false

    @OptionGroup var programs: ProgramOptions

    @Option(
        defaultAsFlag: "127.0.0.1:0",
        help: ArgumentHelp(
            "Serve a live page of the run on this machine, as `dashboard` does; without a value on any free port.",
            valueName: "address:port"
        )
    )
    var dashboard: String? = nil

    @OptionGroup var board: BoardOptions
    @OptionGroup var output: OutputOptions

    /// Arguments in which `--dashboard` has its usual value where a grid follows it: `run --dashboard GRID`.
    static func separated(_ arguments: [String]) -> [String] {
        guard arguments.first == "run" else { return arguments }
        return zip(arguments, arguments.dropFirst() + [""]).map { argument, next in
            let isGrid =
                next.firstMatch(of: /:[0-9]+$/) == nil
                && (next.hasSuffix(".yaml") || next.hasSuffix(".yml") || FileManager.default.fileExists(atPath: next))
            return argument == "--dashboard" && isGrid ? "--dashboard=127.0.0.1:0" : argument
        }
    }

    func validate() throws {
        if let workers, !(1...1024).contains(workers) { throw ValidationError("--workers takes 1 to 1024.") }
        if let dashboard { try DashboardVerb.checkLoopback(dashboard, option: "--dashboard") }
    }

    func run() throws {
        try StatePlace.check(
            missing: (state == nil ? ["--state"] : []) + (out == nil ? ["--out"] : []),
            grid: grid
        )
        let resolved = try GridResolver.resolve(DatasetGrid.file(at: grid), numerics: .ofThisMachine())
        for warning in resolved.warnings { output.console.warn(warning) }
        let count = workers ?? MachineLimits().cores
        try LocalRun(
            grid: resolved,
            workers: count,
            stateFolder: state ?? StatePlace.usual,
            outFolder: out ?? "out/\(SafeText.fileName(resolved.lock.name))",
            console: output.console,
            page: board.page,
            opensReport: open,
            programs: try programs.allowed(),
            dashboard: dashboard
        ).perform()
    }
}
