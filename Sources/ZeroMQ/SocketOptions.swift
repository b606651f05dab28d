import CZeroMQ
import RouteGridBase

/// The options that are set on every socket before it is bound or connected.
///
/// The defaults are those of RouteGrid's protocol. Routing ids are never set and `ROUTER_HANDOVER` stays off, so that
/// no peer can take over the stream of another.
package struct SocketOptions: Hashable, Sendable {
    /// How long closing waits for messages that were sent and not yet passed to the network.
    package var linger: Duration = .milliseconds(500)
    /// Messages queued per peer before ``SendOutcome/full``.
    package var sendHighWater = 20_000
    /// Messages queued per peer before libzmq stops reading from it.
    package var receiveHighWater = 20_000
    /// Bytes of the largest frame accepted.
    ///
    /// A larger one is refused from its header, before memory for it is allocated, and its sender is disconnected.
    package var maximumFrame = 16 << 20
    /// TCP connections to a machine that is gone are closed after this idle time and three probes by the kernel.
    ///
    /// libzmq's own heartbeats stay off: it iterates over the timers of all connections whenever one of them receives,
    /// which takes most of a core with 10,000 of them. RouteGrid's protocol has its own heartbeats.
    package var keepAliveIdle: Duration = .seconds(15)
    /// The first delay before reconnecting; doubled up to ``reconnectMaximum``.
    package var reconnectInterval: Duration = .milliseconds(100)
    package var reconnectMaximum: Duration = .seconds(5)
    /// How long a new connection may take for the ZeroMQ handshake.
    package var handshakeTimeout: Duration = .seconds(10)
    /// Connections waiting to be accepted.
    package var backlog = 1024
    /// ROUTER: a message to a peer that is gone is ``SendOutcome/unroutable`` and not silently dropped.
    package var isMandatory = true
    /// DEALER: messages wait in our own queue, not in one for a peer that may never connect.
    package var queuesOnlyWhenConnected = false

    /// How it proves who it is.
    package var security = SocketSecurity.plaintext

    package init() {}

    func apply(to socket: ZMQSocket) throws(RouteGridError) {
        try socket.set(ZMQ_LINGER, SocketOptions.milliseconds(linger))
        try socket.set(ZMQ_SNDHWM, Int32(clamping: sendHighWater))
        try socket.set(ZMQ_RCVHWM, Int32(clamping: receiveHighWater))
        // libzmq measures a frame as it is sent: encrypted, with name, nonce, flags and authenticator.
        try socket.set(ZMQ_MAXMSGSIZE, Int64(maximumFrame + (security == .plaintext ? 0 : 33)))
        try socket.set(ZMQ_TCP_KEEPALIVE, Int32(1))
        try socket.set(ZMQ_TCP_KEEPALIVE_IDLE, Int32(clamping: keepAliveIdle.components.seconds))
        try socket.set(ZMQ_TCP_KEEPALIVE_INTVL, Int32(5))
        try socket.set(ZMQ_TCP_KEEPALIVE_CNT, Int32(3))
        try socket.set(ZMQ_RECONNECT_IVL, SocketOptions.milliseconds(reconnectInterval))
        try socket.set(ZMQ_RECONNECT_IVL_MAX, SocketOptions.milliseconds(reconnectMaximum))
        try socket.set(ZMQ_HANDSHAKE_IVL, SocketOptions.milliseconds(handshakeTimeout))
        try socket.set(ZMQ_BACKLOG, Int32(clamping: backlog))
        try socket.set(ZMQ_IMMEDIATE, Int32(queuesOnlyWhenConnected ? 1 : 0))
        try security.apply(to: socket)
        if socket.kind == .router { try socket.set(ZMQ_ROUTER_MANDATORY, Int32(isMandatory ? 1 : 0)) }
    }

    static func milliseconds(_ duration: Duration) -> Int32 {
        let parts = duration.components
        return Int32(clamping: parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000)
    }
}
