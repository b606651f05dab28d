import Coordinator
import Foundation
import RouteGridBase
import TestSupport
import Testing
import Wire
import ZeroMQ

/// What a peer can have a coordinator keep: connections, and replies that it does not read.
@Suite(.timeLimit(.minutes(2))) struct PeerLimitTests {
    /// Asks for the limits in `status` until they are as wanted.
    private func limits(
        of bench: ServerBench,
        _ isWanted: (JSONValue) -> Bool
    ) throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(60)
        let client = try bench.client()
        while true {
            let limits = try #require(try client.query(.status)["limits"])
            if isWanted(limits) { return limits }
            try #require(ContinuousClock.now < deadline, "\(limits)")
            usleep(50_000)
        }
    }

    private func fetches(_ content: [UInt8], _ count: Int, by peer: PlayedPeer) throws {
        var fetch = WireFetch()
        (fetch.sha, fetch.length) = (Digest(hashing: content).data, UInt64(content.count))
        for _ in 0..<count { try peer.say(.fetch(fetch)) }
    }

    @Test func `what a peer does not read is bounded, and more is refused by name`() throws {
        let bench = try ServerBench { $0.unreadBytes = 2 << 20 }
        let content = [UInt8](repeating: 7, count: 1 << 20)
        let peer = try PlayedPeer(bench.url, role: .client, receiveHighWater: 1)
        try peer.put(content)
        try fetches(content, 200, by: peer)
        // Many are under way at once: those that are too much are not sent, those that come later are refused.
        let client = try bench.client()
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let counters = try #require(try client.query(.status)["counters"])
            let unanswered = ["messages_unsent", "messages_refused"].compactMap { counters[$0]?.integerValue }
            if unanswered.reduce(0, +) >= 150 { break }
            try #require(ContinuousClock.now < deadline, "\(counters)")
            usleep(50_000)
        }
        let held = try limits(of: bench) { $0["unread_bytes"]?.integerValue ?? 0 >= 2 << 20 }
        #expect(held["unread_bytes"]?.integerValue ?? 0 < 6 << 20, "\(held)")
        try fetches(content, 1, by: peer)
        // It reads again, and is served again.
        let refused = try peer.refusal()
        #expect(refused.code == "temporary" && refused.text.contains("not read: the limit is 2097152"), "\(refused)")
        // Chunks that were still under way come while it reads.
        _ = try limits(of: bench) {
            _ = peer.isSpared { _ in nil }
            return $0["unread_bytes"]?.integerValue ?? 0 < 1 << 20
        }
        try fetches(content, 1, by: peer)
        #expect(try peer.next { if case .chunk(let chunk) = $0 { chunk.total } else { nil } } == 1 << 20)
    }

    @Test func `a key has at most so many processes connected`() throws {
        let folder = try TemporaryFolder()
        let keys = try ServerBench.keys(["a", "b"], in: folder)
        let bench = try ServerBench(in: folder) { ($0.usesKeys, $0.connectionsPerKey) = (true, 2) }
        let boot = WireProtocol.makeBootID()
        let first = try PlayedPeer(bench.url, role: .worker, boot: boot, security: keys[0])
        let second = try PlayedPeer(bench.url, role: .worker, security: keys[0])
        let third = try PlayedPeer(bench.url, role: .worker, security: keys[0], isWelcome: false)
        let refused = try third.refusal()
        #expect(
            refused.code == "temporary" && refused.text.contains("of this key") && refused.text.contains("limit is 2")
        )
        // Another key may, and so may a process that comes back, and another one once one has left.
        _ = try PlayedPeer(bench.url, role: .worker, security: keys[1])
        let again = try PlayedPeer(bench.url, role: .worker, boot: boot, security: keys[0])
        try second.leave()
        try third.greet()
        _ = try third.next { if case .welcome = $0 { true } else { nil } }
        try again.settle()
        #expect(try limits(of: bench) { _ in true }["connections_per_key"] == 2)
        withExtendedLifetime(first) {}
    }

    @Test func `connections on which nobody greets are closed, and others stay`() throws {
        let bench = try ServerBench { $0.helloSeconds = 2 }
        let peer = try PlayedPeer(bench.url, role: .client)
        let context = try ZMQContext()
        let silent = try context.socket(.dealer)
        try silent.connect(bench.url)
        defer { silent.close(discarding: true) }
        let stranger = try PlayedPeer(bench.url, role: .client, greets: false)
        try stranger.say(.heartbeat(WireHeartbeat()))
        _ = try stranger.next { if case .unknown = $0 { true } else { nil } }
        let closed = try limits(of: bench) { $0["connections_closed"]?.integerValue ?? 0 >= 2 }
        #expect(closed["connections"]?.integerValue ?? 0 >= 1, "\(closed)")
        // On another connection it would be unknown.
        try peer.settle()
    }
}
