import Foundation
import RouteGridBase
import Testing
import ZeroMQ

/// What scanners and attackers send to a port with CURVE.
@Suite(.timeLimit(.minutes(1))) struct StrangersTests {
    static let greeting: [UInt8] =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("CURVE".utf8) + [UInt8](repeating: 0, count: 15 + 1 + 31)

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\nHost: coordinator\r\n\r\n".utf8),
        // The beginning of a TLS 1.3 ClientHello.
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] + [UInt8](repeating: 0xA5, count: 500),
        Array("SSH-2.0-OpenSSH_9.2\r\n".utf8),
        // A greeting and a HELLO that nobody encrypted.
        greeting + [0x04, 200, 5] + Array("HELLO".utf8) + [1, 0] + [UInt8](repeating: 0x55, count: 192),
        // A HELLO of the weakest key there is, all zero.
        greeting + [0x04, 200, 5] + Array("HELLO".utf8) + [1, 0] + [UInt8](repeating: 0, count: 192),
        // An INITIATE before any HELLO; a command of 1 GB; a message in place of a handshake.
        greeting + [0x06, 0, 0, 0, 0, 0, 0, 1, 1, 8] + Array("INITIATE".utf8) + [UInt8](repeating: 1, count: 248),
        greeting + [0x06, 0, 0, 0, 0, 0x40, 0, 0, 0],
        greeting + [0x00, 5, 1, 2, 3, 4, 5],
        [UInt8](repeating: 0xFF, count: 4096),
        [],
    ])
    func `foreign bytes end in the end of their connection`(bytes: [UInt8]) throws {
        let hold = try Stronghold(handshake: .seconds(1))
        let stranger = try RawPeer(port: hold.port)
        if !bytes.isEmpty { try stranger.send(bytes) }
        try hold.servesTheGoodKey()
        #expect(try stranger.waitsForEnd())
        try hold.servesTheGoodKey()
    }

    @Test func `hundreds of half handshakes hold nobody up, and end`() throws {
        let hold = try Stronghold(handshake: .seconds(3))
        // Both ends are descriptors of this process, and a soft limit of 1,024 is usual.
        let held = try (0..<300).map { place in
            let peer = try HeldPeer(port: hold.port)
            // Each stops somewhere else.
            try peer.peer.send(Array(Self.greeting.prefix(1 + place % 64)))
            return peer
        }
        for _ in 0..<5 { try hold.servesTheGoodKey() }
        for peer in held { #expect(try peer.peer.waitsForEnd()) }
        try hold.servesTheGoodKey()
    }

    @Test func `connecting and closing a thousand times leaves nothing`() throws {
        let hold = try Stronghold()
        let before = try openDescriptors()
        for place in 0..<1_000 {
            let peer = try RawPeer(port: hold.port)
            try peer.send(Array(Self.greeting.prefix(place % 65)))
        }
        try hold.servesTheGoodKey()
        let deadline = ContinuousClock.now + .seconds(20)
        // Other tests of this process open some too.
        while try openDescriptors() > before + 200, ContinuousClock.now < deadline {
            try hold.servesTheGoodKey()
        }
        #expect(try openDescriptors() <= before + 200)
    }

    @Test func `hundreds of unknown keys are refused and a few of them told`() throws {
        let hold = try Stronghold()
        let context = try ZMQContext()
        var options = SocketOptions()
        options.linger = .zero
        options.security = .client(try .generate(), server: hold.serverKey.publicKey)
        for _ in 0..<10 {
            let sockets = try (0..<20).map { _ in
                let socket = try context.socket(.dealer, options: options)
                try socket.connect(hold.endpoint)
                return socket
            }
            try hold.servesTheGoodKey()
            for socket in sockets { socket.close(discarding: true) }
        }
        let refused = hold.handler.counts.refused
        let told = hold.refusals.withLock { $0 }
        #expect(told.count <= 5 * 60 && told.count <= refused)
        #expect(told.reduce(0) { $0 + 1 + $1.unreported } <= refused)
    }

    private func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}

/// A connection that can stand in an array.
private final class HeldPeer {
    let peer: RawPeer
    init(port: UInt16) throws { peer = try RawPeer(port: port) }
}
