import ArgumentParser
import Dashboard
import Foundation
import Keys
import RouteGridBase
import Scheduling
import Wire

/// Serves a page, an API and metrics of a running coordinator.
struct DashboardVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Serves a live page, a JSON API and Prometheus metrics of a coordinator.",
        discussion: """
            The page's address is the one line on stdout. A reader's key is enough: `keys invite --role reader`; nothing \
            here can change anything. On loopback everybody on this machine can read it; beyond that --token-file is \
            required, a file of mode 0600 whose first line clients send as `Authorization: Bearer TOKEN` (the page asks \
            for it; it is never in an address). HTTP is not encrypted: across a network put a proxy with TLS before it.

            /openapi.json lists what is served, /metrics is for Prometheus, /healthz and /readyz for probes.

            Examples:
              routegrid dashboard --connect tcp://127.0.0.1:7557 --http 127.0.0.1:8080
              routegrid dashboard --state ./state --http 127.0.0.1:0
              routegrid dashboard --connect tcp://head:7557 --key reader.key --http 0.0.0.0:8080 --token-file token
            """
    )

    @Option(help: ArgumentHelp("Where to listen: an address and a port (0 = any free one).", valueName: "address:port"))
    var http = "127.0.0.1:8080"

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp("The file whose first line clients must show.", valueName: "file")
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A further name under which it is reached, such as a proxy's; may be repeated.",
            valueName: "name"
        )
    )
    var host: [String] = []

    @Option(help: ArgumentHelp("Ask the coordinator this often.", valueName: "seconds"))
    var every = 1.0

    @Option(name: .customLong("worker-slots"), help: "Slots of one worker, for `routegrid_workers_wanted`.")
    var workerSlots = 1

    @Option(
        name: .customLong("worker-lifetime"),
        help: ArgumentHelp("How long a worker may take work, for the same.", valueName: "seconds")
    )
    var workerLifetime = 3_600.0

    @Option(name: .customLong("workers-max"), help: "The most workers, for the same.")
    var workersMax = 1_000

    @OptionGroup var connection: ConnectOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.1...3_600).contains(every) else { throw ValidationError("--every takes 0.1 to 3600 seconds.") }
        guard (1...4_096).contains(workerSlots), workerLifetime > 0, (1...1_000_000).contains(workersMax) else {
            throw ValidationError("--worker-slots, --worker-lifetime and --workers-max are positive numbers.")
        }
        _ = try Self.place(http, option: "--http")
    }

    /// Fails for a place that is none, or that others than this machine reach: that takes a token.
    static func checkLoopback(_ text: String, option: String) throws {
        let (host, port) = try place(text, option: option)
        guard !Dashboard.Configuration(host: host, port: port).isLoopback else { return }
        throw ValidationError(
            "\(option) \(text): on this machine alone; routegrid dashboard with --token-file serves others."
        )
    }

    private static func place(_ http: String, option: String) throws -> (host: String, port: UInt16) {
        guard let colon = http.lastIndex(of: ":"), let port = UInt16(http[http.index(after: colon)...]) else {
            throw ValidationError("\(option) \(http): expected ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080.")
        }
        var host = String(http[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host == "localhost" { host = "127.0.0.1" }
        guard !host.isEmpty else {
            throw ValidationError("\(option) \(http): say which address; 127.0.0.1 is this machine alone.")
        }
        return (host, port)
    }

    func run() async throws {
        // Looking comes after computing, where both share a machine.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        let log = output.makeLogger("dashboard")
        let (host, port) = try Self.place(http, option: "--http")
        var configuration = Dashboard.Configuration(host: host, port: port)
        configuration.names = self.host
        configuration.token = try tokenFile.map { path throws(RouteGridError) in try SecretFile.firstLine(of: path) }
        configuration.tick = .seconds(every)
        configuration.wanted = WorkersWanted(bounds: 0...workersMax, slots: workerSlots, lifetime: workerLifetime)
        let connection = connection
        let watch = try SignalWatch()
        let dashboard = try Dashboard(configuration) { try connection.reader("dashboard") }
        // A wrong address or key is said now, and not on a page.
        try connection.reader("dashboard").close()
        output.console.emit(
            ["schema": "routegrid/dashboard-address/v1", "url": .string(dashboard.url)],
            table: dashboard.url + "\n"
        )
        try await StopSignals.run([DashboardService(dashboard)], watch: watch, logger: log)
    }
}
