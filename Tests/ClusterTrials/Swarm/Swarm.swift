import Foundation
package import RouteGridBase
import ZeroMQ

/// Many workers that compute nothing, each on a connection of its own.
package struct SwarmOptions: Sendable {
    package var url: String
    package var count: Int
    package var numerics: [String]
    /// Leases a peer wants at a time.
    package var credit = 1
    /// How long it holds one before it answers.
    package var work: Duration = .seconds(1)
    /// Numbers of the peers begin here.
    package var firstNumber = 0
    /// How often all peers do what is due.
    package var interval: Duration = .milliseconds(100)
    package var helloTimeout: Duration = .seconds(30)

    package init(url: String, count: Int, numerics: [String]) {
        (self.url, self.count, self.numerics) = (url, count, numerics)
    }
}

/// What peers sent and received.
package struct SwarmCounts: Sendable {
    package var welcomes = 0
    package var leases = 0
    package var acknowledged = 0
    package var heartbeats = 0
    package var heartbeatsHeard = 0
    /// Times nothing was received from the coordinator for three heartbeats.
    package var silences = 0
    package var revoked = 0
    package var unsent = 0
    package var lastLease: ContinuousClock.Instant?
    package var lastAcknowledgement: ContinuousClock.Instant?
    package init() {}
}

/// Peers on a thread of their own, from ``init(_:)`` to ``stop()``.
package final class Swarm: Sendable {
    private struct State {
        var counts: [SwarmCounts] = []
        var error: RouteGridError?
        var isStopped = false
        var vanishing: Set<Int> = []
    }

    private let state = LockedBox(State())
    private let ended = DispatchGroup()

    package init(_ options: SwarmOptions) {
        let (state, ended) = (state, ended)
        ended.enter()
        let thread = Thread {
            defer { ended.leave() }
            do throws(RouteGridError) { try Self.run(options, state) } catch { state.withLock { $0.error = error } }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    private static func run(_ options: SwarmOptions, _ state: LockedBox<State>) throws(RouteGridError) {
        let context = try ZMQContext(maximumSockets: 2 * options.count + 64)
        var peers: [ProtocolPeer] = []
        var gone: [SwarmCounts] = []
        while !state.withLock({ $0.isStopped }) {
            let begun = ContinuousClock.now
            // Not all at once: a listener's backlog is short.
            for _ in peers.count + gone.count..<min(peers.count + gone.count + 100, options.count) {
                peers.append(
                    try ProtocolPeer(options.firstNumber + peers.count + gone.count, options, context: context)
                )
            }
            for peer in peers { try peer.turn(.now) }
            let vanishing = state.withLock { $0.vanishing }
            for peer in peers where vanishing.contains(peer.number) {
                peer.vanish()
                gone.append(peer.counts)
            }
            peers.removeAll { vanishing.contains($0.number) }
            let counts = peers.map(\.counts) + gone
            state.withLock { $0.counts = counts }
            let left = options.interval - (ContinuousClock.now - begun)
            if left > .zero { usleep(UInt32(left / .microseconds(1))) }
        }
        for peer in peers { try peer.leave() }
    }

    /// Ends peers by their numbers as if they were killed.
    package func vanish(_ numbers: Set<Int>) { state.withLock { $0.vanishing.formUnion(numbers) } }

    /// Of each peer that was started; those that vanished come last.
    ///
    /// - Throws: What a peer was refused with, or could not do.
    package func counts() throws(RouteGridError) -> [SwarmCounts] {
        let now = state.withLock { $0 }
        if let error = now.error { throw error }
        return now.counts
    }

    /// Sends goodbye for all peers and waits for the thread.
    package func stop() {
        state.withLock { $0.isStopped = true }
        ended.wait()
    }
}
