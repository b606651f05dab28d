import ArgumentParser
import RouteGridBase
import Wire

/// Where the coordinator is: `@OptionGroup var connection: ConnectionOptions`.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The coordinator: tcp://HOST:PORT or ipc://PATH.", valueName: "url"))
    var connect = "tcp://127.0.0.1:7557"

    /// A conversation with the coordinator.
    ///
    /// - Throws: `unreachable` when nobody answers within five seconds.
    func client(_ verb: String) throws(RouteGridError) -> ClusterClient { try ClusterClient.connect(connect, name: verb) }
}
