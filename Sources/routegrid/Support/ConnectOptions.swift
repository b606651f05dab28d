import ArgumentParser
import RouteGridBase
import Wire

/// Where the coordinator is: `@OptionGroup var connection: ConnectOptions`.
struct ConnectOptions: ParsableArguments {
    @Option(help: "The coordinator's address: tcp://HOST:PORT or ipc://PATH.")
    var connect = "tcp://127.0.0.1:7557"

    @Option(name: .customLong("connect-timeout"), help: ArgumentHelp("How long to wait for it.", valueName: "seconds"))
    var timeout = 5.0

    /// Greets the coordinator.
    ///
    /// - Throws: `unreachable` (69), `protocolRefused` (76), `usage` for a bad address (64).
    func client(_ verb: String) throws(RouteGridError) -> ClusterClient {
        try ClusterClient.connect(connect, within: .seconds(timeout), name: verb)
    }
}
