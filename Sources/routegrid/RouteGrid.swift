import ArgumentParser

/// The command line: one file a verb under `Verbs/`.
@main
struct RouteGrid: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routegrid",
        abstract: "Evaluates LLM routers on a cluster of job queues."
    )
}
