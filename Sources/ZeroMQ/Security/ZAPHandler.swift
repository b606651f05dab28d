import CZeroMQ
import RouteGridBase

/// Decides for a context which keys may connect (RFC 27/ZAP): a list, and nobody else.
///
/// It owns a thread and the socket `inproc://zeromq.zap.01`, which is bound when `init` returns: make it before any
/// endpoint of the context. libzmq asks it once a connection, and passes the User-Id that it answers on with every
/// message: see ``ZMQMessage/userID``. While it is stopped, or does not answer within the time for a handshake, nobody
/// new gets in; who is in stays. A key that is taken from the list keeps the connections it has, since libzmq cannot
/// end them: owners of sockets compare the User-Id of each message with what is allowed now.
package final class ZAPHandler: Sendable {
    static let address = "inproc://zeromq.zap.01"

    private struct State {
        var allowed: AllowList
        var counts = Counts()
        var limit: RefusalLimit
    }

    /// What became of the questions so far.
    package struct Counts: Hashable, Sendable {
        package var allowed = 0
        package var refused = 0
        /// Messages that were no question.
        package var broken = 0
    }

    /// The socket, which its loop alone touches.
    private final class Desk: @unchecked Sendable { var socket: ZMQSocket? }

    package let domain: String
    private let loop: ZMQEventLoop
    private let desk = Desk()
    private let state: LockedBox<State>
    private let onRefusal: @Sendable (RefusedPeer) -> Void

    /// Starts it.
    ///
    /// - Parameters:
    ///   - context: whose sockets ask; it can have one handler.
    ///   - domain: the ``SocketSecurity/server(_:domain:)`` that it answers for.
    ///   - allowed: who may connect at first.
    ///   - refusalsPerSecond: how many refusals are reported.
    ///   - onRefusal: is called with refusals on the handler's thread, and must not block it.
    /// - Throws: `temporary` when the context has a handler already, `system` when there are no file descriptors left.
    package init(
        context: ZMQContext,
        domain: String,
        allowed: AllowList = AllowList(),
        refusalsPerSecond: Int = 5,
        onRefusal: @escaping @Sendable (RefusedPeer) -> Void = { _ in }
    ) throws {
        precondition(!domain.isEmpty, "libzmq asks nobody about an empty domain")
        self.domain = domain
        self.onRefusal = onRefusal
        state = LockedBox(State(allowed: allowed, limit: RefusalLimit(perSecond: refusalsPerSecond)))
        let loop = try ZMQEventLoop(name: "zap")
        self.loop = loop
        do {
            try loop.runSync { [desk] in
                var options = SocketOptions()
                options.linger = .zero
                let socket = try context.socket(.router, options: options)
                try socket.bind(Self.address)
                desk.socket = socket
                loop.onReadable(socket) { [weak self] messages in
                    for message in messages { self?.answer(message, on: socket) }
                }
            }
        } catch {
            loop.stop()
            throw error
        }
    }

    deinit { stop() }

    /// Replaces the list: every connection that asks from now on is judged by the new one.
    package func allow(_ list: AllowList) { state.withLock { $0.allowed = list } }

    package var allowed: AllowList { state.withLock { $0.allowed } }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Ends the socket and the thread: nobody gets in any more.
    package func stop() {
        let (loop, desk) = (loop, desk)
        _ = try? loop.runSync {
            guard let socket = desk.socket else { return }
            // Closing frees the address some time later; another handler may be made at once.
            zmq_unbind(socket.handle, Self.address)
            loop.close(socket, discarding: true)
            desk.socket = nil
        }
        loop.stop()
    }

    // MARK: On the loop

    private func answer(_ message: ZMQMessage, on socket: ZMQSocket) {
        guard let request = ZAPRequest(message.frames) else {
            state.withLock { $0.counts.broken += 1 }
            return
        }
        let (verdict, report) = state.withLock { state -> (ZAPVerdict, RefusedPeer?) in
            let verdict = request.verdict(domain: domain, state.allowed)
            let reason: RefusedPeer.Reason
            switch verdict {
            case .allowed:
                state.counts.allowed += 1
                return (verdict, nil)
            case .refused(let why):
                state.counts.refused += 1
                reason = why
            case .broken:
                state.counts.broken += 1
                reason = .question
            }
            let report = state.limit.admit(at: .now).map {
                RefusedPeer(reason: reason, address: request.address, unreported: $0)
            }
            return (verdict, report)
        }
        // A peer that went away meanwhile has no connection to answer to.
        _ = try? socket.send(request.answer(verdict))
        if let report { onRefusal(report) }
    }
}
