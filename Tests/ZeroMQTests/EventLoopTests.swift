import RouteGridBase
import Synchronization
import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct EventLoopTests {
    @Test func `an actor pinned to a loop runs on its thread`() async throws {
        let loop = try ZMQEventLoop(name: "pinned")
        let counter = Counter(loop: loop)
        for _ in 0..<100 { await counter.add() }
        #expect(await counter.count == 100)
        #expect(!loop.isOnLoop)
        loop.stop()
    }

    @Test func `an actor of a stopped loop can still be asked`() async throws {
        let loop = try ZMQEventLoop(name: "stopped")
        let counter = Counter(loop: loop)
        loop.stop()
        await counter.add()
        #expect(await counter.count == 1)
    }

    @Test func `work that was there before the stop is done`() throws {
        let loop = try ZMQEventLoop(name: "leftovers")
        let done = Atomic<Int>(0)
        for _ in 0..<1000 { loop.submit { done.add(1, ordering: .relaxed) } }
        loop.stop()
        #expect(done.load(ordering: .relaxed) == 1000)
        loop.stop()
    }

    @Test func `errors and values come back from runSync`() throws {
        let loop = try ZMQEventLoop(name: "sync")
        defer { loop.stop() }
        #expect(try loop.runSync { try loop.runSync { 7 } } == 7)
        #expect(throws: RouteGridError(.system, "as told")) {
            try loop.runSync { throw RouteGridError(.system, "as told") }
        }
    }

    @Test func `timers repeat until they are cancelled and others fire once`() async throws {
        let loop = try ZMQEventLoop(name: "timers")
        defer { loop.stop() }
        let (ticks, tick) = AsyncStream.makeStream(of: String.self)
        loop.submit {
            loop.every(.milliseconds(1)) { tick.yield("tick") }
            loop.after(.milliseconds(20)) { tick.yield("once") }
        }
        var seen: [String: Int] = [:]
        for await name in ticks {
            seen[name, default: 0] += 1
            if let count = seen["tick"], count > 3, seen["once"] == 1 { break }
        }
        #expect(seen["once"] == 1)
    }

    @Test func `a file descriptor is watched for reading and for writing`() async throws {
        let loop = try ZMQEventLoop(name: "pipe")
        defer { loop.stop() }
        let pipe = try Pipe()
        let (events, event) = AsyncStream.makeStream(of: DescriptorEvents.self)
        try loop.runSync {
            loop.onEvents(of: pipe.writing) { events in
                event.yield(events)
                loop.watchWriting(of: pipe.writing, false)
            }
            loop.watchWriting(of: pipe.writing, true)
            loop.onEvents(of: pipe.reading) { events in
                event.yield(events)
                loop.forget(pipe.reading)
            }
        }
        var iterator = events.makeAsyncIterator()
        #expect(await iterator.next() == .writable)
        pipe.write([1])
        #expect(await iterator.next() == .readable)
        try loop.runSync { loop.forget(pipe.writing) }
        pipe.close()
    }
}

private actor Counter {
    let loop: ZMQEventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    var count = 0

    init(loop: ZMQEventLoop) { self.loop = loop }

    func add() {
        loop.checkIsolated()
        count += 1
    }
}
