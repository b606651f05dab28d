import Foundation
package import RouteGridBase
package import Scheduling
package import Wire

/// A page, an API and metrics of a running coordinator, over HTTP, in a process of its own.
package final class Dashboard: Sendable {
    package struct Configuration: Sendable {
        /// An IPv4 or IPv6 address.
        package var host: String
        /// 0 takes any free port.
        package var port: UInt16
        /// Further names under which it is reached.
        package var names: [String] = []
        /// What clients must show; required beyond loopback.
        package var token: String?
        /// How often the coordinator is asked.
        package var tick = Duration.seconds(1)
        /// Records that the board is made of.
        package var boardRecords = 20_000
        /// How demand becomes a number of workers.
        package var wanted = WorkersWanted(bounds: 0...1_000, lifetime: 3_600)

        package init(host: String, port: UInt16) { (self.host, self.port) = (host, port) }

        /// Whether only processes of this machine reach it.
        package var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }
    }

    private let state = LiveState()
    private let listener: HTTPListener
    private let stopped = LockedBox(false)
    private let configuration: Configuration
    private let connect: @Sendable () throws -> ClusterClient
    /// Where it listens: `http://127.0.0.1:8080/`.
    package let url: String

    /// Binds.
    ///
    /// - Parameters:
    ///   - configuration: Where and for whom.
    ///   - connect: Greets the coordinator, with a reader's key.
    /// - Throws: `refused` (77) beyond loopback without a token; `usage` for a bad address; `temporary` for a port in
    ///   use.
    package init(
        _ configuration: Configuration,
        connect: @escaping @Sendable () throws -> ClusterClient
    ) throws(RouteGridError) {
        guard configuration.isLoopback || configuration.token != nil else {
            throw RouteGridError(
                .refused,
                "--http \(configuration.host): beyond this machine a token is required: --token-file FILE (mode 0600)"
            )
        }
        (self.configuration, self.connect) = (configuration, connect)
        let state = state
        let gate = LockedBox<RequestGate?>(nil)
        let started = ContinuousClock.now
        listener = try HTTPListener(host: configuration.host, port: configuration.port, policy: DashboardPage.policy) {
            head in
            guard let known = gate.withLock({ $0 }) else { return Reply(503, text: "starting") }
            return known.refusal(of: head) ?? DashboardRoutes.answer(head, state, since: started)
        }
        let bound = RequestGate(
            host: configuration.host,
            port: listener.port,
            names: configuration.names,
            token: configuration.token
        )
        gate.withLock { $0 = bound }
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        url = "http://\(host):\(listener.port)/"
    }

    /// Serves until the task is cancelled.
    package func run() async throws {
        let isStopped: @Sendable () -> Bool = { [stopped] in stopped.withLock { $0 } }
        let (state, connect, configuration) = (state, connect, configuration)
        let records = RecordFeed(state: state, limit: configuration.boardRecords, connect: connect)
        Self.thread("routegrid.dashboard.cluster") {
            var feed = ClusterFeed(
                state: state,
                tick: configuration.tick,
                wanted: configuration.wanted,
                connect: connect
            )
            feed.run(isStopped: isStopped)
        }
        Self.thread("routegrid.dashboard.records") { records.read(isStopped: isStopped) }
        Self.thread("routegrid.dashboard.board") { records.makeBoards(isStopped: isStopped) }
        defer { stopped.withLock { $0 = true } }
        try await listener.run()
    }

    private static func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.name = name
        thread.stackSize = 4 << 20
        thread.start()
    }
}
