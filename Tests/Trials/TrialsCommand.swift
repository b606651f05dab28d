import ArgumentParser

/// Trials of a built `routegrid` with real processes.
///
/// `deploy/chaos` and `deploy/bench` call it. It is no product.
@main
struct TrialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trials",
        abstract: "Trials of a built routegrid with real processes.",
        subcommands: [ChaosCommand.self, SwarmCommand.self, PeersCommand.self]
    )
}
