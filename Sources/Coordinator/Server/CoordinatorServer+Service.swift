import ServiceLifecycle

extension CoordinatorServer {
    /// Serves until a graceful shutdown, or throws when the store failed; waiting changes are committed before it
    /// returns.
    package nonisolated func serve() async throws {
        defer { shutDown() }
        try await withGracefulShutdownHandler {
            try await run()
        } onGracefulShutdown: {
            // Not awaited: `run()` returns when it is done.
            Task { await self.stop() }
        }
    }
}

/// The coordinator as a part of a service group.
package struct CoordinatorService: Service {
    private let server: CoordinatorServer

    package init(_ server: CoordinatorServer) { self.server = server }

    package func run() async throws { try await server.serve() }
}
