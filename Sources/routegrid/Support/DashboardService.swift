import Dashboard
import ServiceLifecycle

/// A dashboard as a service that ends with the process's signals.
struct DashboardService: Service {
    private let dashboard: Dashboard

    init(_ dashboard: Dashboard) { self.dashboard = dashboard }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await dashboard.run() } catch is CancellationError {}
        }
    }
}
