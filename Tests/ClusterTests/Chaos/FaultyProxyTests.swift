import ClusterTrials
import Foundation
import RouteGridBase
import Testing
import Wire
import ZeroMQ

/// The proxy between processes, with real sockets at both ends.
@Suite(.timeLimit(.minutes(2))) struct FaultyProxyTests {
    /// A ROUTER that sends everything back, and a DEALER that reaches it through the proxy.
    ///
    /// One thread has both.
    private struct Echo {
        let router: ZMQSocket
        let dealer: ZMQSocket
        let proxy: FaultyProxy

        init(observer: FaultyProxy.Observer? = nil) throws {
            let context = try ZMQContext()
            router = try context.socket(.router)
            let url = try router.bind("tcp://127.0.0.1:*")
            let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
            proxy = try FaultyProxy(to: port, observer: observer)
            var options = SocketOptions()
            options.reconnectInterval = .milliseconds(20)
            dealer = try context.socket(.dealer, options: options)
            try dealer.connect("tcp://127.0.0.1:\(proxy.port)")
        }

        /// Whether a message that is sent comes back within the time.
        func comesBack(_ bytes: [UInt8], within limit: Duration) throws -> Bool {
            _ = try dealer.send([bytes])
            return try hears(bytes, within: limit)
        }

        func hears(_ bytes: [UInt8], within limit: Duration) throws -> Bool {
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                try router.wait(.milliseconds(5))
                while let message = try router.receive() { _ = try router.send(message.frames) }
                try dealer.wait(.milliseconds(5))
                if try dealer.receive()?.frames.last == bytes { return true }
            }
            return false
        }

        func close() {
            proxy.stop()
            dealer.close(discarding: true)
            router.close(discarding: true)
        }
    }

    @Test func `it relays, holds one direction back, and then passes on what it held`() throws {
        let echo = try Echo()
        defer { echo.close() }
        let large = [UInt8](repeating: 7, count: 3 << 20)
        #expect(try echo.comesBack(large, within: .seconds(20)))
        for isUp in [true, false] {
            var policy = FaultyProxy.Policy()
            (policy.holdsUp, policy.holdsDown) = (isUp, !isUp)
            echo.proxy.set(policy)
            // What passed before the proxy saw the change is of no interest.
            usleep(50_000)
            #expect(try !echo.comesBack([1], within: .milliseconds(300)))
            echo.proxy.set(FaultyProxy.Policy())
            #expect(try echo.hears([1], within: .seconds(20)))
        }
    }

    @Test func `it delays, and a connection that it cut is made anew`() throws {
        let echo = try Echo()
        defer { echo.close() }
        #expect(try echo.comesBack([1], within: .seconds(20)))
        var late = FaultyProxy.Policy()
        late.delay = .milliseconds(200)
        echo.proxy.set(late)
        usleep(50_000)
        let begun = ContinuousClock.now
        #expect(try echo.comesBack([2], within: .seconds(20)))
        #expect(ContinuousClock.now - begun >= .milliseconds(400))
        echo.proxy.set(FaultyProxy.Policy())
        echo.proxy.reset()
        usleep(50_000)
        var isBack = false
        for number in UInt8(3)..<200 where !isBack { isBack = try echo.comesBack([number], within: .milliseconds(200)) }
        #expect(isBack)
    }

    @Test func `results and acknowledgements that pass are seen`() throws {
        let witness = WireWitness()
        let echo = try Echo { _ in witness.observer() }
        defer { echo.close() }
        var result = WireResult()
        result.items = [WireResultItem(), WireResultItem()]
        let keys = ["a", "b"].map { JobKey(hashing: Array($0.utf8)) }
        for (place, key) in keys.enumerated() { result.items[place].jobKey = key.data }
        let said = try WireMessage.encode(.result(result))
        // There and back: each direction of the connection is read.
        #expect(try echo.comesBack(said, within: .seconds(20)))
        #expect(witness.seen.results == [keys[0]: 2, keys[1]: 2])
        var committed = WireCommitted()
        committed.jobKeys = keys[1].data
        #expect(try echo.comesBack(WireMessage.encode(.committed(committed)), within: .seconds(20)))
        #expect(witness.seen.acknowledged == [keys[1]])
    }
}
