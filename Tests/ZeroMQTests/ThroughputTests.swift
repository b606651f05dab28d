import RouteGridBase
import Synchronization
import Testing
import ZeroMQ

/// Counts what a loop moves.
///
/// The printed figures are for people; what is asserted is that nothing is lost.
@Suite(.timeLimit(.minutes(1)), .serialized) struct ThroughputTests {
    @Test(arguments: ["tcp://127.0.0.1:*", "inproc://stream"])
    func `100,000 messages through one router arrive in batches and in order`(url: String) throws {
        let count = 100_000
        let context = try ZMQContext()
        let (server, client) = (try ZMQEventLoop(name: "server"), try ZMQEventLoop(name: "client"))
        let outcome = LockedBox((received: 0, batches: 0, inOrder: true))
        let done = LoopSignal()
        let endpoint = try server.runSync {
            let router = try context.socket(.router)
            let endpoint = try router.bind(url)
            var next = 0
            server.onReadable(router) { messages in
                var inOrder = true
                for message in messages {
                    inOrder = inOrder && message.frames.last == number(next)
                    next += 1
                }
                outcome.withLock {
                    $0.received = next
                    $0.batches += 1
                    $0.inOrder = $0.inOrder && inOrder
                }
                if next == count { done.signal() }
            }
            return endpoint
        }
        let start = ContinuousClock.now
        try client.runSync {
            let dealer = try context.socket(.dealer)
            try dealer.connect(endpoint)
            var next = 0
            client.every(.milliseconds(1)) {
                do { while next < count, try dealer.send([number(next)]) == .sent { next += 1 } } catch {}
            }
        }
        done.wait()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let (received, batches, inOrder) = outcome.withLock { $0 }
        #expect(received == count)
        #expect(inOrder)
        print("MEASURED one way \(url): \(Int(Double(count) / seconds)) messages/s, \(received / batches) a batch")
        client.stop()
        server.stop()
    }

    @Test(arguments: [1, 100]) func `round trips`(inFlight: Int) throws {
        let count = 20_000
        let context = try ZMQContext()
        let (server, client) = (try ZMQEventLoop(name: "server"), try ZMQEventLoop(name: "client"))
        let endpoint = try server.runSync {
            let router = try context.socket(.router)
            server.onReadable(router) { messages in
                for message in messages { _ = try? router.send(message.frames) }
            }
            return try router.bind("tcp://127.0.0.1:*")
        }
        let done = LoopSignal()
        let latencies = LockedBox<[Duration]>([])
        let start = ContinuousClock.now
        try client.runSync {
            let dealer = try context.socket(.dealer)
            try dealer.connect(endpoint)
            var (sent, received) = (0, 0)
            var sentAt: [ContinuousClock.Instant] = []
            func sendOne() {
                guard sent < count else { return }
                sent += 1
                sentAt.append(.now)
                _ = try? dealer.send([Array(repeating: 1, count: 64)])
            }
            client.onReadable(dealer) { messages in
                for _ in messages {
                    latencies.withLock { $0.append(.now - sentAt[received]) }
                    received += 1
                    sendOne()
                }
                if received == count { done.signal() }
            }
            for _ in 0..<inFlight { sendOne() }
        }
        done.wait()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let sorted = latencies.withLock { $0.sorted() }
        #expect(sorted.count == count)
        print(
            "MEASURED round trips, \(inFlight) in flight: \(Int(Double(count) / seconds))/s, median \(sorted[count / 2])"
        )
        client.stop()
        server.stop()
    }
}

private func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
