import ArgumentParser

/// The command line: one file a verb under `Verbs/`, each listed here.
@main
struct RouteGrid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routegrid",
        abstract: "Evaluates LLM routers: grids of router × budget × dataset, on one machine or many.",
        discussion: """
            Exit codes: 0 complete · 1 unexpected · 2 cells failed · 3 not complete · 4 a check failed · 64 usage ·
            65 bad grid or data file · 69 coordinator unreachable · 75 try again · 76 protocol · 77 key refused ·
            130/143 stopped by a signal.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Prepare",
                subcommands: [
                    ImportVerb.self,
                    DataVerb.self,
                ]
            ),
            CommandGroup(
                name: "Run",
                subcommands: [
                    RunVerb.self,
                    AggregateVerb.self,
                ]
            ),
            CommandGroup(
                name: "Cluster",
                subcommands: [
                    CoordinatorVerb.self,
                    SubmitVerb.self,
                    WaitVerb.self,
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
                ]
            ),
            CommandGroup(
                name: "Look",
                subcommands: [
                    StatusVerb.self,
                    ExplainVerb.self,
                    DoctorVerb.self,
                ]
            ),
        ]
    )

    /// Parses, runs, and turns whatever is thrown into one line and an exit code.
    static func main() async {
        ParentWatch.heedEnvironment()
        do {
            var command = try parseAsRoot()
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
