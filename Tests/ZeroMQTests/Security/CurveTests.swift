import CZeroMQ
import RouteGridBase
import Testing
import ZeroMQ

/// Who gets in and who does not, over real connections.
@Suite(.timeLimit(.minutes(1))) struct CurveTests {
    @Test func `an allowed key gets in and each of its messages says whose it is`() throws {
        let hold = try Stronghold()
        let second = try CurveSecretKey.generate()
        var list = hold.handler.allowed
        list.allow(second.publicKey, as: "second")
        hold.handler.allow(list)
        let (a, b) = (try hold.client(key: hold.goodKey), try hold.client(key: second))
        for _ in 0..<50 {
            #expect(try a.socket.send([[1], [1]]) == .sent)
            #expect(try b.socket.send([[2], [2]]) == .sent)
        }
        for _ in 0..<100 {
            let message = try #require(try nextMessage(of: hold.router))
            #expect(message.userID == (message.frames.last == [1] ? "good" : "second"))
            #expect(try hold.router.send([message.frames[0], [3]]) == .sent)
        }
        #expect(try nextMessage(of: a.socket) == ZMQMessage([[3]]))
        #expect(try a.monitor.next(within: .seconds(20)) == .succeeded)
        #expect(hold.counts == [2, 0, 0])
    }

    @Test func `a message in plain text names nobody`() throws {
        let context = try ZMQContext()
        let (router, dealer) = (try context.socket(.router), try context.socket(.dealer))
        try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
        #expect(try dealer.send([[1]]) == .sent)
        let message = try #require(try nextMessage(of: router))
        #expect(message.userID == nil)
    }

    @Test func `an unknown key is refused, told, and not tried again`() throws {
        let hold = try Stronghold()
        let stranger = try CurveSecretKey.generate()
        #expect(try hold.refuses(try hold.client(key: stranger)) == .refused(status: 400))
        let told = try hold.reported()
        #expect(told.map(\.reason) == [.unknownKey(stranger.publicKey)])
        #expect(told.first?.address == "127.0.0.1")
        #expect(hold.counts == [1, 1, 0])
    }

    @Test func `a peer without a key is refused`() throws {
        let hold = try Stronghold()
        _ = try hold.refuses(try hold.client(.plaintext))
    }

    @Test func `a client that expects another server is refused and sends it nothing`() throws {
        let hold = try Stronghold()
        let other = try CurveSecretKey.generate().publicKey
        _ = try hold.refuses(try hold.client(.client(hold.goodKey, server: other)))
    }

    @Test func `a server in plain text gets nothing from a client with a key`() throws {
        let context = try ZMQContext()
        let squatter = try context.socket(.router)
        let client = try Client(
            .client(try .generate(), server: try CurveSecretKey.generate().publicKey),
            try squatter.bind("tcp://127.0.0.1:*")
        )
        #expect(try client.socket.send([[1]]) == .sent)
        let event = try client.monitor.next(within: .seconds(20))
        #expect(event != nil && event != .succeeded)
        #expect(try squatter.receive() == nil)
    }

    @Test func `the server's own key pair opens nothing`() throws {
        let hold = try Stronghold()
        #expect(try hold.refuses(try hold.client(key: hold.serverKey)) == .refused(status: 400))
    }

    @Test(arguments: ["server", "good", "zero"]) func `a public key without its secret opens nothing`(whose: String)
        throws
    {
        let hold = try Stronghold(handshake: .seconds(1))
        let claimed =
            switch whose {
            case "server": hold.serverKey.publicKey.bytes
            case "good": hold.goodKey.publicKey.bytes
            default: [UInt8](repeating: 0, count: 32)
            }
        let secret = try CurveSecretKey.generate().withBytes { Array($0) }
        let client = try RawClient(
            [
                (ZMQ_CURVE_SERVERKEY, hold.serverKey.publicKey.bytes), (ZMQ_CURVE_PUBLICKEY, claimed),
                (ZMQ_CURVE_SECRETKEY, secret),
            ],
            hold.endpoint
        )
        try hold.servesTheGoodKey()
        #expect(try nextMessage(of: hold.router, within: .seconds(2)) == nil)
        try hold.servesTheGoodKey()
        withExtendedLifetime(client) {}
    }

    @Test func `PLAIN is refused before the handler hears of it`() throws {
        let hold = try Stronghold(handshake: .seconds(1))
        let client = try RawClient(
            [(ZMQ_PLAIN_USERNAME, Array("good".utf8)), (ZMQ_PLAIN_PASSWORD, Array("good".utf8))],
            hold.endpoint
        )
        #expect(try nextMessage(of: hold.router, within: .seconds(2)) == nil)
        try hold.servesTheGoodKey()
        #expect(hold.handler.counts.refused == 0 && hold.handler.counts.broken == 0)
        withExtendedLifetime(client) {}
    }

    @Test func `a revoked key opens no new connection, and what it has still says whose it is`() throws {
        let hold = try Stronghold()
        let key = try CurveSecretKey.generate()
        var list = hold.handler.allowed
        list.allow(key.publicKey, as: "leaving")
        hold.handler.allow(list)
        let before = try hold.client(key: key)
        #expect(try before.socket.send([[1]]) == .sent)
        #expect(try nextMessage(of: hold.router)?.userID == "leaving")
        list.forbid(key.publicKey)
        hold.handler.allow(list)
        #expect(try hold.refuses(try hold.client(key: key)) == .refused(status: 400))
        // libzmq keeps the connection: the owner of the socket sees whose message it is, and drops it.
        #expect(try before.socket.send([[2]]) == .sent)
        #expect(try nextMessage(of: hold.router)?.userID == "leaving")
    }

    @Test func `a socket of another domain lets nobody in`() throws {
        let hold = try Stronghold(domain: "elsewhere")
        let client = try hold.client(key: hold.goodKey)
        #expect(try client.monitor.next(within: .seconds(20)) == .refused(status: 400))
        #expect(try hold.reported().map(\.reason) == [.domain])
    }

    @Test func `a stopped handler lets nobody in and keeps who is in; another one serves again`() throws {
        let hold = try Stronghold()
        let inside = try hold.client(key: hold.goodKey)
        #expect(try inside.socket.send([[1]]) == .sent)
        #expect(try nextMessage(of: hold.router)?.userID == "good")
        hold.handler.stop()
        hold.handler.stop()
        let late = try hold.client(key: hold.goodKey)
        let event = try late.monitor.next(within: .seconds(20))
        #expect(event != nil && event != .succeeded)
        #expect(try inside.socket.send([[2]]) == .sent)
        #expect(try nextMessage(of: hold.router)?.frames.last == [2])
        let again = try ZAPHandler(
            context: hold.context,
            domain: Stronghold.domain,
            allowed: AllowList([hold.goodKey.publicKey: "good"])
        )
        try hold.servesTheGoodKey()
        again.stop()
    }

    @Test func `a handler that does not answer lets nobody in`() throws {
        let context = try ZMQContext()
        let silent = try context.socket(.router)
        try silent.bind("inproc://zeromq.zap.01")
        var options = SocketOptions()
        options.handshakeTimeout = .milliseconds(300)
        let (serverKey, key) = (try CurveSecretKey.generate(), try CurveSecretKey.generate())
        options.security = .server(serverKey, domain: "routegrid")
        let router = try context.socket(.router, options: options)
        let client = try Client(.client(key, server: serverKey.publicKey), try router.bind("tcp://127.0.0.1:*"))
        #expect(try client.socket.send([[1]]) == .sent)
        let event = try client.monitor.next(within: .seconds(20))
        #expect(event != nil && event != .succeeded)
        #expect(try router.receive() == nil)
    }

    @Test func `a server without a handler lets nobody in`() throws {
        let context = try ZMQContext()
        var options = SocketOptions()
        let (serverKey, key) = (try CurveSecretKey.generate(), try CurveSecretKey.generate())
        options.security = .server(serverKey, domain: "routegrid")
        let router = try context.socket(.router, options: options)
        let client = try Client(.client(key, server: serverKey.publicKey), try router.bind("tcp://127.0.0.1:*"))
        let event = try client.monitor.next(within: .seconds(20))
        #expect(event != nil && event != .succeeded)
    }

    @Test func `a loop hears how handshakes end`() async throws {
        let hold = try Stronghold()
        let (endpoint, stranger) = (hold.endpoint, try CurveSecretKey.generate())
        let (server, good) = (hold.serverKey.publicKey, hold.goodKey)
        let loop = try ZMQEventLoop(name: "client")
        defer { loop.stop() }
        for (key, expected) in [(good, .succeeded), (stranger, .refused(status: 400))]
            as [(CurveSecretKey, HandshakeMonitor.Event)]
        {
            let (events, event) = AsyncStream.makeStream(of: HandshakeMonitor.Event.self)
            try await loop.run {
                let context = try ZMQContext()
                var options = SocketOptions()
                options.security = .client(key, server: server)
                let socket = try context.socket(.dealer, options: options)
                let monitor = try HandshakeMonitor(socket, context: context)
                monitor.watch(on: loop) { heard in
                    event.yield(heard)
                    monitor.stop(on: loop)
                    loop.close(socket, discarding: true)
                }
                try socket.connect(endpoint)
            }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == expected)
        }
    }

    @Test func `the list may change while peers connect`() throws {
        let hold = try Stronghold()
        let changing = try ZMQEventLoop(name: "changing")
        let (handler, with) = (hold.handler, hold.handler.allowed)
        changing.submit {
            for round in 0..<1_000 {
                var list = with
                if let other = try? CurveSecretKey.generate().publicKey { list.allow(other, as: "\(round)") }
                handler.allow(list)
            }
        }
        for _ in 0..<20 { try hold.servesTheGoodKey() }
        changing.stop()
    }
}
