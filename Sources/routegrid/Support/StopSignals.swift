import ArgumentParser
import Dispatch
import Foundation
import Logging
import RouteGridBase
import ServiceLifecycle

/// SIGINT and SIGTERM as an orderly end: 130 and 143, after everything is put down.
enum StopSignals {
    /// Runs services until they end or a stop signal comes; then shuts them down gracefully.
    ///
    /// - Throws: What a service threw, or `ExitCode(128 + signal)` after a stop by a signal.
    static func run(_ services: [any Service], logger: Logger) async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0,
                        successTerminationBehavior: .gracefullyShutdownGroup
                    )
                },
                logger: logger
            )
        )
        let watch = SignalWatch { _ in
            // Not awaited: it only sets the shutdown off, and `group.run()` below returns when it is through.
            Task { await group.triggerGracefulShutdown() }
        }
        defer { watch.cancel() }
        try await group.run()
        if let signal = watch.received { throw ExitCode(128 + signal) }
    }
}

/// Watches SIGINT and SIGTERM in place of their default action.
final class SignalWatch {
    private let first: LockedBox<Int32?>
    private let sources: [any DispatchSourceSignal]

    /// - Parameter action: Called on a queue of its own at each signal.
    init(_ action: @escaping @Sendable (Int32) -> Void) {
        let first = LockedBox<Int32?>(nil)
        self.first = first
        let queue = DispatchQueue(label: "routegrid.signals")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                first.withLock { if $0 == nil { $0 = number } }
                action(number)
            }
            source.resume()
            return source
        }
    }

    /// The first signal that came, if one did.
    var received: Int32? { first.withLock { $0 } }

    /// Stops watching and gives the signals their default action back.
    func cancel() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
