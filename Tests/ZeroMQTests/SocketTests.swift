import Foundation
import RouteGridBase
import Testing
import ZeroMQ

@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    let context: ZMQContext
    init() throws { context = try ZMQContext() }

    @Test(arguments: ["tcp://127.0.0.1:*", "tcp://localhost:0", "inproc://round-trip"])
    func `a message of several frames comes through whole`(url: String) throws {
        let (router, dealer) = (try context.socket(.router), try context.socket(.dealer))
        try dealer.connect(try router.bind(url))
        #expect(try dealer.send([[1, 2], [], Array(repeating: 7, count: 100_000)]) == .sent)
        let request = try #require(try nextMessage(of: router))
        #expect(request.frames.count == 4)
        #expect(Array(request.frames.dropFirst()) == [[1, 2], [], Array(repeating: 7, count: 100_000)])
        #expect(try router.send([request.frames[0], [3]]) == .sent)
        #expect(try nextMessage(of: dealer)?.frames == [[3]])
        #expect(try dealer.receive() == nil)
    }

    @Test func `a router reports that a peer has left`() throws {
        let router = try context.socket(.router)
        try router.bind("tcp://127.0.0.1:*")
        #expect(try router.send([[9, 9, 9, 9, 9], [1]]) == .unroutable)
    }

    @Test func `a full socket reports it and does not block`() throws {
        var options = SocketOptions()
        options.sendHighWater = 10
        options.linger = .zero
        let dealer = try context.socket(.dealer, options: options)
        try dealer.connect("tcp://127.0.0.1:1")
        var sent = 0
        while try dealer.send([[1]]) == .sent, sent < 100 { sent += 1 }
        #expect(sent == 10)
    }

    @Test func `a message of too many frames is dropped and counted`() throws {
        let (router, dealer) = (try context.socket(.router), try context.socket(.dealer))
        try dealer.connect(try router.bind("inproc://frames"))
        #expect(try dealer.send(Array(repeating: [0], count: 5000)) == .sent)
        #expect(try dealer.send([[1]]) == .sent)
        #expect(try nextMessage(of: router)?.frames.last == [1])
        #expect(router.droppedMessages == 1)
    }

    @Test func `a frame of 1 GB is refused before memory for it is taken`() throws {
        var options = SocketOptions()
        options.maximumFrame = 1 << 20
        let router = try context.socket(.router, options: options)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        let port = try #require(UInt16(endpoint.split(separator: ":").last ?? ""))
        let before = try residentBytes()
        let intruder = try RawPeer(port: port)
        try intruder.greet()
        // A long frame that claims 1 GB and sends its first bytes.
        try intruder.send([0x02] + (0..<8).map { UInt8(truncatingIfNeeded: (1 << 30) >> (56 - 8 * $0)) } + [1, 2, 3])
        #expect(try intruder.waitsForEnd())
        #expect(try residentBytes() - before < 64 << 20)
        // Honest peers are served as before.
        let dealer = try context.socket(.dealer)
        try dealer.connect(endpoint)
        #expect(try dealer.send([[5]]) == .sent)
        #expect(try nextMessage(of: router)?.frames.last == [5])
    }

    @Test func `garbage on the port harms no peer`() throws {
        let router = try context.socket(.router)
        let endpoint = try router.bind("tcp://127.0.0.1:*")
        let intruder = try RawPeer(port: try #require(UInt16(endpoint.split(separator: ":").last ?? "")))
        try intruder.send(
            Array("GET / HTTP/1.1\r\nHost: coordinator\r\n\r\n".utf8) + Array(repeating: 0xA5, count: 4096)
        )
        let dealer = try context.socket(.dealer)
        try dealer.connect(endpoint)
        #expect(try dealer.send([[5]]) == .sent)
        #expect(try nextMessage(of: router)?.frames.last == [5])
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * 4096
    }
}
