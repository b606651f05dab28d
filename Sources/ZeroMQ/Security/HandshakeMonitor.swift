import CZeroMQ
import Glibc
package import RouteGridBase

/// Tells what became of a socket's handshakes.
///
/// A client needs it: a server that refuses its key is not tried again by libzmq, and what it sends is accepted and
/// goes nowhere. It belongs to the thread of its socket.
///
/// Its events are read or it is closed: when too many wait, libzmq's own thread waits for their reader, and with it
/// every connection of the context.
package final class HandshakeMonitor {
    package enum Event: Hashable, Sendable {
        case succeeded
        /// The server said no, with the status of its ``ZAPHandler``: 400 for a key that is not allowed.
        case refused(status: Int)
        /// The other side speaks another mechanism or another protocol, or has another key.
        case brokeProtocol(code: Int)
        /// The connection ended before it was ready.
        case ended
    }

    private let watched: ZMQSocket
    private let events: ZMQSocket

    /// Starts to watch; before the socket is bound or connected, or events are missed.
    ///
    /// - Throws: `system` when there are no sockets left.
    package init(_ socket: ZMQSocket, context: ZMQContext) throws(RouteGridError) {
        watched = socket
        let address = "inproc://routegrid.monitor.\(UInt(bitPattern: socket.handle))"
        let mask = Int32(
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        )
        guard zmq_socket_monitor(socket.handle, address, mask) == 0 else {
            throw ZMQFailure.system("watching a ZeroMQ socket", ZMQFailure.number)
        }
        events = try context.socket(.pair)
        try events.connect(address)
    }

    /// Stops watching; do it before the socket is closed.
    package func close() {
        if watched.isOpen { zmq_socket_monitor(watched.handle, nil, 0) }
        events.close(discarding: true)
    }

    deinit { close() }

    /// The next event, or nil when nothing has happened.
    ///
    /// - Throws: `system` when the context ended.
    package func next() throws(RouteGridError) -> Event? {
        while let message = try events.receive() {
            if let event = Self.event(message) { return event }
        }
        return nil
    }

    /// The next event, waiting for it on the calling thread; nil when nothing happened in time.
    package func next(within limit: Duration) throws(RouteGridError) -> Event? {
        let deadline = ContinuousClock.now + limit
        while true {
            if let event = try next() { return event }
            let left = deadline - .now
            guard left > .zero else { return nil }
            try events.wait(left)
        }
    }

    /// Calls `handler` with each event, on the loop that owns the socket; until ``stop(on:)``.
    package func watch(on loop: ZMQEventLoop, _ handler: @escaping (Event) -> Void) {
        loop.onReadable(events) { messages in
            for event in messages.compactMap(Self.event) { handler(event) }
        }
    }

    /// Ends ``watch(on:_:)``, and closes.
    package func stop(on loop: ZMQEventLoop) {
        if watched.isOpen { zmq_socket_monitor(watched.handle, nil, 0) }
        loop.close(events, discarding: true)
    }

    /// Nil for an event that does not say how a handshake ended.
    private static func event(_ message: ZMQMessage) -> Event? {
        guard let head = message.frames.first, head.count == 6 else { return nil }
        let (number, value) = head.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt16.self), $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
        }
        return switch Int32(number) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .succeeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .refused(status: Int(value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .brokeProtocol(code: Int(value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .ended
        default: nil
        }
    }
}
