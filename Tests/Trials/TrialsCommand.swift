import ArgumentParser

/// Trials of a built `routegrid` with real processes, and of its statistics on data whose truth is known.
///
/// `deploy/chaos`, `deploy/fuzz` and `deploy/bench` call it. It is no product.
@main
struct TrialsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trials",
        abstract: "Trials with real processes, and of statistics on data whose truth is known.",
        subcommands: [ChaosCommand.self, FuzzCommand.self, SwarmCommand.self, PeersCommand.self, PlantedCommand.self]
    )
}
