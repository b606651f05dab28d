import CZeroMQ
import RouteGridBase

/// How a socket proves who it is, and what it asks of others.
package enum SocketSecurity: Hashable, Sendable {
    /// No proof and no encryption: `inproc://`, tests, and what a long flag allows.
    case plaintext
    /// The side that binds: it has a key, and asks a ``ZAPHandler`` of its context about every other.
    ///
    /// Without a handler nobody gets in. The domain must not be empty: libzmq would ask nobody.
    case server(CurveSecretKey, domain: String)
    /// The side that connects: its own key, and the only server it talks to.
    case client(CurveSecretKey, server: CurvePublicKey)

    /// `ZMQ_ZAP_ENFORCE_DOMAIN`: libzmq 4.3 knows it in every build, and its header names it in draft builds only.
    private static let enforceDomain: Int32 = 93

    /// - Throws: `system` when this libzmq was built without CURVE.
    func apply(to socket: ZMQSocket) throws(RouteGridError) {
        switch self {
        case .plaintext: return
        case .server(let key, let domain):
            precondition(!domain.isEmpty, "a CURVE server without a domain lets every key in")
            // The domain comes first: a server that failed half-way asks all the same.
            try socket.set(ZMQ_ZAP_DOMAIN, bytes: Array(domain.utf8))
            // Without this, a domain whose handler is gone lets every key in.
            try socket.set(Self.enforceDomain, Int32(1))
            try socket.set(ZMQ_CURVE_SERVER, Int32(1))
            try key.set(ZMQ_CURVE_SECRETKEY, of: socket)
        case .client(let key, let server):
            try socket.set(ZMQ_CURVE_SERVERKEY, bytes: server.bytes)
            try socket.set(ZMQ_CURVE_PUBLICKEY, bytes: key.publicKey.bytes)
            try key.set(ZMQ_CURVE_SECRETKEY, of: socket)
        }
    }

    /// Whether messages that arrive carry the User-Id that a ``ZAPHandler`` gave their sender.
    var names: Bool { if case .server = self { true } else { false } }

    /// Only the side that binds may be the CURVE server: one that connects ends the process when a peer is refused
    /// (libzmq issue 3059).
    func checkUse(_ use: String, isBinding: Bool) {
        switch self {
        case .plaintext: return
        case .server: precondition(isBinding, "a CURVE server binds; it does not \(use)")
        case .client: precondition(!isBinding, "a CURVE client connects; it does not \(use)")
        }
    }
}

extension CurveSecretKey {
    fileprivate func set(_ option: Int32, of socket: ZMQSocket) throws(RouteGridError) {
        let result = withBytes { zmq_setsockopt(socket.handle, option, $0.baseAddress, $0.count) }
        if result != 0 { throw ZMQFailure.system("setting ZeroMQ option \(option)", ZMQFailure.number) }
    }
}
