import ArgumentParser

/// Times the core; `deploy/bench core` calls it.
struct BenchVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times the core: budget sweeps and the bootstrap, fits of routers, or the check of records.",
        discussion: """
            One thread. Figures of a loaded machine say little: compare what was measured side by side.

            Example:
              routegrid bench --items 8800 --models 10
              routegrid bench fit --data jobs/data/digits_vqa --router linear
            """,
        subcommands: [BenchSweeps.self, BenchFit.self, BenchCurve.self, BenchRecords.self],
        defaultSubcommand: BenchSweeps.self
    )
}
