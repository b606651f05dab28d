import ArgumentParser
import CPlatform
import Dispatch
import Foundation
import Logging
import RouteGridBase
import ServiceLifecycle

/// An orderly end on stop signals: exit code 128 plus the signal's number, after cleaning up.
enum StopSignals {
    /// Runs services until they end or a stop signal is received; then shuts them down gracefully.
    ///
    /// - Parameters:
    ///   - services: One that ends by itself ends the others too.
    ///   - watch: Made before the process says that it is ready, so that a signal which follows at once is not lost.
    ///   - logger: The log of the group.
    /// - Throws: What a service threw, or `ExitCode(128 + signal)` after a stop by a signal.
    static func run(_ services: [any Service], watch: SignalWatch, logger: Logger) async throws {
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
        // Not awaited: it only starts the shutdown, and `group.run()` below returns when that is done.
        watch.onSignal { _ in Task { await group.triggerGracefulShutdown() } }
        defer { watch.cancel() }
        try await group.run()
        if let signal = watch.received { throw ExitCode(128 + signal) }
    }
}

/// Handles SIGINT, SIGTERM, SIGHUP and SIGQUIT in place of their default action, from when it is made.
///
/// Through a pipe that a handler writes to: a `DispatchSourceSignal` is registered some time after it was resumed, and
/// a signal that comes before is lost where the default action is ignored. SIGHUP stays ignored where it was: that is
/// what nohup(1) is for.
final class SignalWatch {
    private struct State {
        var received: Int32?
        var action: (@Sendable (Int32) -> Void)?
        /// Ends the process, since its thread does not check for signals; nil while that thread does.
        var atOnce: (@Sendable (Int32) -> Void)?

        mutating func add(_ number: Int32) -> [@Sendable (Int32) -> Void] {
            if received == nil { received = number }
            return [action, atOnce].compactMap(\.self)
        }
    }

    private static let handled = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    private let state: LockedBox<State>
    private let numbers: [Int32]
    private let source: any DispatchSourceRead
    private let queue = DispatchQueue(label: "routegrid.signals", qos: .userInitiated)

    /// - Throws: ``RouteGridError`` where there is no descriptor left for the pipe.
    init() throws(RouteGridError) {
        let state = LockedBox(State())
        self.state = state
        numbers = SignalWatch.handled.filter { $0 != SIGHUP || !SignalWatch.isIgnored($0) }
        let pipe = cplatform_stop_pipe()
        guard pipe >= 0 else {
            throw RouteGridError(.system, "a pipe for stop signals: \(String(cString: strerror(errno)))")
        }
        source = DispatchSource.makeReadSource(fileDescriptor: pipe, queue: queue)
        source.setEventHandler {
            var byte: UInt8 = 0
            while read(pipe, &byte, 1) == 1 {
                let number = Int32(byte)
                for action in state.withLock({ $0.add(number) }) { action(number) }
            }
        }
        source.resume()
        for number in numbers { _ = cplatform_forward_signal(number) }
    }

    /// Calls `action` on a queue of its own at each signal, also at one that was received before.
    func onSignal(_ action: @escaping @Sendable (Int32) -> Void) {
        let earlier = state.withLock { state in
            state.action = action
            return state.received
        }
        if let earlier { queue.async { action(earlier) } }
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
        for number in numbers { signal(number, SIG_DFL) }
        source.cancel()
    }

    /// Lets this thread and those that it makes receive the signals: a process inherits which ones are blocked, and
    /// whoever started it from a thread of libdispatch has blocked all.
    static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in handled { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
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
