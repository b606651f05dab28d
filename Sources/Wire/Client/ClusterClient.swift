import Foundation
package import Keys
package import RouteGridBase
import ZeroMQ

/// A blocking connection to a coordinator, used by the command line and tests.
///
/// It belongs to one thread. Each request waits for its answer; a connection that timed out is replaced, so that a late
/// answer is never taken for that of another request. Queries are repeated until their deadline; what changes something
/// (`submit(lock:blob:)`, `control(_:_:value:reason:)`) is sent once.
package final class ClusterClient {
    /// The coordinator's identity and limits.
    package private(set) var welcome = WireWelcome()
    /// The timeout of a request, repetitions included.
    package var requestLimit: Duration = .seconds(60)
    /// How long a connection may send nothing before a query is repeated on a new one.
    package var idleTimeout: Duration = .seconds(10)
    /// Called repeatedly while an answer is awaited, on the caller's thread; an error that it throws ends the wait.
    ///
    /// It returns whether the coordinator's process was replaced: the answer will not come, and what may be repeated is
    /// sent again on a new connection.
    package var attend: (() throws(RouteGridError) -> Bool)?

    package let url: String
    private let address: ZMQAddress
    private let key: KeySource
    private let role: WireRole
    private let name: String
    private let boot = WireProtocol.makeBootID()
    private let context: ZMQContext
    private var socket: ZMQSocket?
    /// Watches the handshakes of the socket until it is welcomed.
    private var handshakes: HandshakeMonitor?

    /// Connects to the coordinator at `url` and sends a hello.
    ///
    /// - Parameters:
    ///   - url: `tcp://HOST:PORT` or `ipc://PATH`.
    ///   - role: `client`, or `follower` for a stream of records.
    ///   - key: how the client proves who it is.
    ///   - limit: how long to wait for the welcome.
    ///   - name: for people, such as the verb.
    /// - Returns: the client, welcomed.
    /// - Throws: `unreachable` when there is no answer in time, `refused` when the coordinator does not know the key,
    ///   `protocolRefused` when the other side has another version or another protocol, `usage` for a bad address.
    package static func connect(
        _ url: String,
        role: WireRole = .client,
        key: KeySource = .plaintext,
        within limit: Duration = .seconds(5),
        name: String = "client"
    ) throws(RouteGridError) -> ClusterClient {
        let client = try ClusterClient(url: url, role: role, key: key, name: name)
        try client.greet(until: .now + limit, limit: limit)
        return client
    }

    private init(url: String, role: WireRole, key: KeySource, name: String) throws(RouteGridError) {
        address = try ZMQAddress(url)
        self.url = address.text
        self.key = key
        self.role = role
        self.name = "\(name):\(ProcessInfo.processInfo.processIdentifier)"
        context = try ZMQContext()
    }

    /// Sends a goodbye and closes; a client that is released does the same.
    package func close() {
        guard let open = socket else { return }
        handshakes?.close()
        (socket, handshakes) = (nil, nil)
        _ = try? open.send(WireMessage(.goodbye(WireGoodbye())).frames())
        open.close()
    }

    /// Drops the connection: the next request makes a new one.
    package func reconnect() { drop() }

    private func drop() {
        handshakes?.close()
        handshakes = nil
        socket?.close()
        socket = nil
    }

    deinit { close() }

    // MARK: Requests

    /// Sends a message and waits for its answer.
    ///
    /// - Parameters:
    ///   - message: the request.
    ///   - isRepeatable: repeat it on a new connection when the old one timed out.
    /// - Returns: its answer.
    /// - Throws: the error with which the coordinator refused; `unreachable` when no answer came in time.
    func ask(_ message: WireMessage, isRepeatable: Bool = true) throws(RouteGridError) -> WireMessage {
        let deadline = ContinuousClock.now + requestLimit
        while true {
            let patience = isRepeatable ? min(deadline, .now + idleTimeout) : deadline
            if let answer = try attempt(message, until: patience, greetingUntil: deadline) { return answer }
            guard ContinuousClock.now < deadline else {
                throw RouteGridError(.unreachable, "the coordinator at \(url) did not answer within \(requestLimit)")
            }
            guard isRepeatable else {
                throw RouteGridError(.unreachable, "the coordinator at \(url) ended before it answered")
            }
        }
    }

    /// Sends a message, on a new connection if need be, and waits for its answer; nil when the connection timed out.
    func attempt(
        _ message: WireMessage,
        until patience: ContinuousClock.Instant,
        greetingUntil deadline: ContinuousClock.Instant
    ) throws(RouteGridError) -> WireMessage? {
        while true {
            try send(message, until: deadline)
            guard let answer = try answer(until: patience) else {
                drop()
                return nil
            }
            guard case .unknown = answer.body else { return answer }
            // The coordinator was restarted and ignored the message.
            try greet(until: deadline, limit: requestLimit)
        }
    }

    /// Sends without waiting for an answer.
    func send(_ message: WireMessage, until deadline: ContinuousClock.Instant) throws(RouteGridError) {
        if socket == nil { try greet(until: deadline, limit: requestLimit) }
        guard let socket else { throw unreachable(requestLimit) }
        let frames = try message.frames()
        for frame in frames where frame.count > Int(clamping: welcome.maxFrame) {
            throw RouteGridError(
                .badInput,
                "a message of \(frame.count) bytes; the coordinator takes at most \(welcome.maxFrame)"
            )
        }
        guard try socket.send(frames) == .sent else {
            throw RouteGridError(.temporary, "too many messages wait for the coordinator at \(url)")
        }
    }

    /// The next message that is no heartbeat; nil at the deadline, or when the coordinator was replaced.
    func answer(until deadline: ContinuousClock.Instant) throws(RouteGridError) -> WireMessage? {
        guard let socket else { return nil }
        while true {
            while let received = try socket.receive() {
                let message = try WireMessage(frames: received.frames[...])
                switch message.body {
                case .heartbeat: continue
                case .refused(let refused): throw refused.error
                default: return message
                }
            }
            try checkHandshake()
            let left = deadline - .now
            guard left > .zero else { return nil }
            guard let attend else {
                try socket.wait(min(left, handshakes == nil ? .seconds(1) : .milliseconds(50)))
                continue
            }
            try socket.wait(min(left, .milliseconds(50)))
            if try attend() { return nil }
        }
    }

    // MARK: Hello

    /// - Throws: `refused` when the coordinator does not know the key: libzmq does not try again, and says nothing.
    private func checkHandshake() throws(RouteGridError) {
        while let event = try handshakes?.next() {
            // A key that a coordinator left may be replaced by then.
            guard case .refused = event, key.isFixed else { continue }
            throw RouteGridError(.refused, "the coordinator at \(url) does not know this key, or it was revoked")
        }
    }

    /// A new socket that connects; nil while there is no key to connect with.
    private func open(_ options: SocketOptions) throws(RouteGridError) -> ZMQSocket? {
        guard let security = try key.security(for: address) else { return nil }
        var options = options
        options.security = security
        let opened = try context.socket(.dealer, options: options)
        if security != .plaintext { handshakes = try HandshakeMonitor(opened, context: context) }
        try opened.connect(url, prefersVersion6: address.hasOnlyVersion6)
        return opened
    }

    private func greet(until deadline: ContinuousClock.Instant, limit: Duration) throws(RouteGridError) {
        var options = SocketOptions()
        options.reconnectMaximum = .seconds(1)
        var hello = WireHello()
        hello.protocol = WireProtocol.version
        hello.build = Version.build
        hello.role = role
        hello.boot = Data(boot)
        hello.name = name
        var answer: WireMessage?
        while answer == nil {
            drop()
            socket = try open(options)
            if let socket {
                _ = try socket.send(WireMessage(.hello(hello)).frames())
                // A handshake that failed is not tried again by libzmq: a key that is looked for is looked for anew.
                answer = try self.answer(until: key.isFixed ? deadline : min(deadline, .now + .seconds(2)))
            } else {
                // A coordinator that starts leaves its keys when it listens.
                _ = try attend?()
                usleep(20_000)
            }
            // No answer before the deadline: the coordinator was replaced, and the new one gets a hello too.
            guard answer != nil || ContinuousClock.now < deadline else {
                drop()
                throw unreachable(limit)
            }
        }
        handshakes?.close()
        handshakes = nil
        guard case .welcome(let welcome)? = answer?.body else {
            throw RouteGridError(.protocolRefused, "\(url) answered the greeting with another message than a welcome")
        }
        self.welcome = welcome
    }

    private func unreachable(_ limit: Duration) -> RouteGridError {
        if case .local = key, (try? key.security(for: address)) == .some(nil) {
            return RouteGridError(
                .unreachable,
                "no coordinator of this user has left a key for \(url) (waited \(limit)); is it running? "
                    + "`routegrid coordinator --bind \(url) --state DIR` starts one, --key FILE names a key"
            )
        }
        return RouteGridError(
            .unreachable,
            "no coordinator answers at \(url) (waited \(limit)); "
                + "is it running? `routegrid coordinator --bind \(url) --state DIR` starts one"
        )
    }
}
