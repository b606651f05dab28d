import ArgumentParser
import Dispatch
import Foundation
import Logging
import RouteGridBase
import ServiceLifecycle

/// An orderly end on stop signals: exit code 128 plus the signal's number, after cleaning up.
enum StopSignals {
    /// Runs services until they end or a stop signal is received; then shuts them down gracefully.
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
            // Not awaited: it only starts the shutdown, and `group.run()` below returns when that is done.
            Task { await group.triggerGracefulShutdown() }
        }
        defer { watch.cancel() }
        try await group.run()
        if let signal = watch.received { throw ExitCode(128 + signal) }
    }
}

/// Handles SIGINT, SIGTERM, SIGHUP and SIGQUIT in place of their default action.
///
/// SIGHUP stays ignored where it was: that is what nohup(1) is for.
final class SignalWatch {
    private struct State {
        var received: Int32?
        /// Ends the process, since its thread does not check for signals; nil while that thread does.
        var atOnce: (@Sendable (Int32) -> Void)?
    }

    private let state: LockedBox<State>
    private let numbers: [Int32]
    private let sources: [any DispatchSourceSignal]
    private let queue = DispatchQueue(label: "routegrid.signals", qos: .userInitiated)

    /// - Parameter action: Called on a queue of its own at each signal.
    init(_ action: @escaping @Sendable (Int32) -> Void) {
        let state = LockedBox(State())
        self.state = state
        numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].filter { $0 != SIGHUP || !SignalWatch.isIgnored($0) }
        let queue = queue
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let atOnce = state.withLock { state in
                    if state.received == nil { state.received = number }
                    return state.atOnce
                }
                action(number)
                atOnce?(number)
            }
            source.resume()
            return source
        }
    }

    /// The first signal received, if any.
    var received: Int32? { state.withLock { $0.received } }

    /// Runs long work on this thread, which checks for no signal meanwhile: any signal, also an earlier one, ends the
    /// process.
    ///
    /// - Parameters:
    ///   - cleanUp: Called on another thread before the process ends.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    func interruptibly<Value>(
        cleanUp: @escaping @Sendable (Int32) -> Void,
        _ body: () throws -> Value
    ) rethrows -> Value {
        let end: @Sendable (Int32) -> Void = { number in
            cleanUp(number)
            ExitHooks.run()
            _exit(128 + number)
        }
        let earlier = state.withLock { state in
            state.atOnce = end
            return state.received
        }
        if let earlier { queue.async { end(earlier) } }
        defer { state.withLock { $0.atOnce = nil } }
        return try body()
    }

    /// Stops handling the signals and restores their default action.
    func cancel() {
        for source in sources { source.cancel() }
        for number in numbers { signal(number, SIG_DFL) }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        return handler == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Such as `SIGTERM`.
    static func name(_ number: Int32) -> String {
        switch number {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        case SIGHUP: "SIGHUP"
        case SIGQUIT: "SIGQUIT"
        case SIGKILL: "SIGKILL"
        default: "signal \(number)"
        }
    }
}
