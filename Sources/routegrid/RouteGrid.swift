import ArgumentParser
import RouteGridBase

/// The command line: one file per verb under `Verbs/`, each listed here.
@main
struct RouteGrid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routegrid",
        abstract: "Evaluates LLM routers: grids of router × budget × dataset, on one machine or many.",
        discussion: """
            Start with: routegrid run jobs/demo.yaml

            Exit codes:
              0    everything asked for is complete
              1    unexpected or infrastructure error
              2    finished, and some cells failed after their retries
              3    not complete: cells are left
              4    a check failed: results differ, or a night or a board is worse
              64   wrong words on the command line
              65   a grid or data file that cannot be right
              69   the coordinator cannot be reached
              75   try again: something is in use or full for now
              76   the other side uses another protocol
              77   a key or a role was refused
              130  stopped by SIGINT, in order (129 SIGHUP, 131 SIGQUIT)
              143  stopped by SIGTERM, in order
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Prepare",
                subcommands: [
                    ImportVerb.self,
                    DataVerb.self,
                    EmbedVerb.self,
                    PlanVerb.self,
                    RoutersVerb.self,
                    FusionsVerb.self,
                    MetricsVerb.self,
                ]
            ),
            CommandGroup(
                name: "Run",
                subcommands: [
                    RunVerb.self,
                    NightlyVerb.self,
                    AggregateVerb.self,
                ]
            ),
            CommandGroup(
                name: "Boards",
                subcommands: [
                    CompareVerb.self,
                    DiffVerb.self,
                    VerifyVerb.self,
                    ExportVerb.self,
                    RouteVerb.self,
                    RecomputeVerb.self,
                    RepriceVerb.self,
                ]
            ),
            CommandGroup(
                name: "Cluster",
                subcommands: [
                    CoordinatorVerb.self,
                    WorkerVerb.self,
                    SubmitVerb.self,
                    WaitVerb.self,
                    AggregatorVerb.self,
                    AllocVerb.self,
                    DashboardVerb.self,
                    SlotVerb.self,
                ]
            ),
            CommandGroup(
                name: "Control",
                subcommands: [
                    PauseVerb.self,
                    ResumeVerb.self,
                    CancelVerb.self,
                    PriorityVerb.self,
                    RetryVerb.self,
                    DrainVerb.self,
                    KeysVerb.self,
                    PurgeVerb.self,
                    BackupVerb.self,
                ]
            ),
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusVerb.self,
                    WatchVerb.self,
                    RecordsVerb.self,
                    ShowVerb.self,
                    ExplainVerb.self,
                    DoctorVerb.self,
                    BenchVerb.self,
                    BenchLimitsVerb.self,
                    BenchTripVerb.self,
                    SelftestVerb.self,
                ]
            ),
        ]
    )

    /// Parses, runs, and turns any error into one line and an exit code.
    static func main() async {
        do {
            try ProcessStart.prepare()
            var command = try parseAsRoot(RunVerb.separated(Array(CommandLine.arguments.dropFirst())))
            JSONLog.begin(for: command)
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            CommandFailure.exit(with: error)
        }
    }
}
