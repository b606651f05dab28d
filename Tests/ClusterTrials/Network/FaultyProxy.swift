import Foundation
package import RouteGridBase

/// A TCP relay on loopback that can be made slow, silent in one direction or both, and cut in the middle of a message.
///
/// It has a thread of its own, from ``init(to:observer:)`` to ``stop()``.
package final class FaultyProxy: Sendable {
    /// What is done to the bytes that pass.
    package struct Policy: Sendable {
        /// Every byte waits so long; the order stays.
        package var delay: Duration = .zero
        /// Nothing passes from clients to the server, or back, without an error: a half-open connection.
        package var holdsUp = false
        package var holdsDown = false
        package init() {}
    }

    /// Sees the bytes of one direction of one connection as they come in.
    package typealias Observer = @Sendable (_ isUp: Bool) -> any ProxyObserver

    private struct State {
        var policy = Policy()
        var resets = 0
        var isStopped = false
    }

    package let port: UInt16
    private let state = LockedBox(State())
    private let ended = DispatchGroup()

    /// Starts to relay from a free port to `target` on this machine.
    ///
    /// - Throws: `system` when there is no free port.
    package init(to target: UInt16, observer: Observer? = nil) throws(RouteGridError) {
        let listener = try LoopbackSocket.listen()
        port = LoopbackSocket.port(of: listener)
        let (state, ended) = (state, ended)
        ended.enter()
        Thread {
            var relay = ProxyRelay(listener: listener, target: target, observer: observer)
            var resetsDone = 0
            while true {
                let now = state.withLock { $0 }
                if now.isStopped { break }
                if now.resets > resetsDone {
                    resetsDone = now.resets
                    relay.reset()
                }
                relay.turn(now.policy)
            }
            relay.close()
            ended.leave()
        }
        .start()
    }

    package func set(_ policy: Policy) { state.withLock { $0.policy = policy } }

    /// Cuts all connections; of what is on its way, a part still passes.
    package func reset() { state.withLock { $0.resets += 1 } }

    package func stop() {
        state.withLock { $0.isStopped = true }
        ended.wait()
    }
}

/// Sees bytes that pass a proxy; used on the proxy's thread.
package protocol ProxyObserver: AnyObject {
    func see(_ bytes: ArraySlice<UInt8>)
}
