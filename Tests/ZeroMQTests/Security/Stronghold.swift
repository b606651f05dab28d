import CZeroMQ
import RouteGridBase
import Testing
import ZeroMQ

/// A server with CURVE, its handler, one key that is allowed, and what others try on it.
final class Stronghold {
    static let domain = "routegrid"

    let context: ZMQContext
    let serverKey: CurveSecretKey
    let goodKey: CurveSecretKey
    let handler: ZAPHandler
    let router: ZMQSocket
    let endpoint: String
    let refusals = LockedBox<[RefusedPeer]>([])

    init(domain: String = Stronghold.domain, handshake: Duration = .seconds(10)) throws {
        context = try ZMQContext()
        (serverKey, goodKey) = (try .generate(), try .generate())
        handler = try ZAPHandler(
            context: context,
            domain: Self.domain,
            allowed: AllowList([goodKey.publicKey: "good"])
        ) { [refusals] refused in refusals.withLock { $0.append(refused) } }
        var options = SocketOptions()
        options.handshakeTimeout = handshake
        options.security = .server(serverKey, domain: domain)
        router = try context.socket(.router, options: options)
        endpoint = try router.bind("tcp://127.0.0.1:*")
    }

    var port: UInt16 {
        get throws { try #require(UInt16(endpoint.split(separator: ":").last ?? "")) }
    }

    /// Questions to the handler that were allowed, refused, and not understood.
    var counts: [Int] { [handler.counts.allowed, handler.counts.refused, handler.counts.broken] }

    /// The refusals that the handler reported, once there is one: it answers libzmq first, so that a client may know of
    /// its refusal before.
    func reported() throws -> [RefusedPeer] {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let found = refusals.withLock { $0 }
            if !found.isEmpty { return found }
            try router.wait(.milliseconds(10))
        }
        return []
    }

    /// A client in a context of its own, as another process has.
    func client(_ security: SocketSecurity) throws -> Client { try Client(security, endpoint) }

    /// A client with this key, which knows the server's.
    func client(key: CurveSecretKey) throws -> Client { try client(.client(key, server: serverKey.publicKey)) }

    /// Checks that the good key gets in, is named, and that its message is the first that arrives.
    func servesTheGoodKey(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let client = try client(key: goodKey)
        let message = UInt8.random(in: 0...255)
        #expect(try client.socket.send([[message]]) == .sent, sourceLocation: sourceLocation)
        let received = try nextMessage(of: router)
        #expect(received?.frames.last == [message], sourceLocation: sourceLocation)
        #expect(received?.userID == "good", sourceLocation: sourceLocation)
    }

    /// Checks that a client is not let in: its handshake fails, and nothing of it arrives.
    func refuses(_ client: Client, sourceLocation: SourceLocation = #_sourceLocation) throws -> HandshakeMonitor.Event?
    {
        _ = try client.socket.send([[66]])
        let event = try client.monitor.next(within: .seconds(20))
        #expect(event != nil && event != .succeeded, "\(String(describing: event))", sourceLocation: sourceLocation)
        try servesTheGoodKey(sourceLocation: sourceLocation)
        return event
    }
}

/// A DEALER with its monitor.
final class Client {
    let context: ZMQContext
    let socket: ZMQSocket
    let monitor: HandshakeMonitor

    init(_ security: SocketSecurity, _ endpoint: String) throws {
        context = try ZMQContext()
        var options = SocketOptions()
        options.linger = .zero
        options.security = security
        socket = try context.socket(.dealer, options: options)
        monitor = try HandshakeMonitor(socket, context: context)
        try socket.connect(endpoint)
    }

    deinit {
        monitor.close()
        socket.close(discarding: true)
    }
}

/// A DEALER on libzmq's own interface, with options that our types do not allow.
final class RawClient {
    private let context: UnsafeMutableRawPointer
    private let socket: UnsafeMutableRawPointer

    init(_ options: [(Int32, [UInt8])], _ endpoint: String) throws {
        context = try #require(zmq_ctx_new())
        socket = try #require(zmq_socket(context, ZMQ_DEALER))
        var none: Int32 = 0
        zmq_setsockopt(socket, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
        for (option, value) in options { try #require(zmq_setsockopt(socket, option, value, value.count) == 0) }
        try #require(zmq_connect(socket, endpoint) == 0)
        zmq_send(socket, "raw", 3, ZMQ_DONTWAIT)
    }

    deinit {
        zmq_close(socket)
        zmq_ctx_term(context)
    }
}
