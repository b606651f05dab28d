import CZeroMQ
import Glibc
import RouteGridBase

/// A libzmq socket.
///
/// It belongs to one thread from opening to closing, which is why it is not `Sendable`.
///
/// Sending and receiving never block: they report when they cannot proceed.
package final class ZMQSocket {
    package enum Kind: Hashable, Sendable { case router, dealer, pair, push, pull, pub, sub, req, rep }

    package let kind: Kind
    /// Messages dropped because they had more than ``maximumFrames`` frames, or at a CURVE server no User-Id.
    package internal(set) var droppedMessages = 0
    /// Frames a message may have; none of ours has more than three.
    package static let maximumFrames = 16

    private let context: ZMQContext
    let security: SocketSecurity
    private var pointer: UnsafeMutableRawPointer?
    /// One message that every receive reuses.
    ///
    /// On the heap, because libzmq keeps its address.
    let scratch: UnsafeMutablePointer<zmq_msg_t>

    init(_ kind: Kind, context: ZMQContext, options: SocketOptions) throws(RouteGridError) {
        guard let opened = zmq_socket(context.pointer, kind.number) else {
            throw ZMQFailure.system("opening a ZeroMQ socket", ZMQFailure.number)
        }
        self.kind = kind
        self.context = context
        security = options.security
        pointer = opened
        scratch = .allocate(capacity: 1)
        zmq_msg_init(scratch)
        try options.apply(to: self)
    }

    /// A fallback only: owners close sockets themselves, on their thread.
    deinit {
        close()
        zmq_msg_close(scratch)
        scratch.deallocate()
    }

    package var isOpen: Bool { pointer != nil }

    /// Closes the socket; closing twice is allowed.
    ///
    /// Remove it from its loop first. Messages that wait for the network get the linger time, or none when
    /// `discarding`.
    package func close(discarding: Bool = false) {
        guard let open = pointer else { return }
        if discarding {
            var none: Int32 = 0
            zmq_setsockopt(open, ZMQ_LINGER, &none, MemoryLayout<Int32>.size)
        }
        pointer = nil
        zmq_close(open)
    }

    /// The open socket.
    ///
    /// Using a closed one is a bug of its owner.
    var handle: UnsafeMutableRawPointer {
        guard let pointer else { preconditionFailure("a closed ZeroMQ socket was used") }
        return pointer
    }

    func set(_ option: Int32, _ value: Int32) throws(RouteGridError) { try setBytes(of: value, option) }

    func set(_ option: Int32, _ value: Int64) throws(RouteGridError) { try setBytes(of: value, option) }

    func set(_ option: Int32, bytes: [UInt8]) throws(RouteGridError) {
        if zmq_setsockopt(handle, option, bytes, bytes.count) != 0 {
            throw ZMQFailure.system("setting ZeroMQ option \(option)", ZMQFailure.number)
        }
    }

    private func setBytes(of value: some BitwiseCopyable, _ option: Int32) throws(RouteGridError) {
        let result = withUnsafeBytes(of: value) { zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
        if result != 0 { throw ZMQFailure.system("setting ZeroMQ option \(option)", ZMQFailure.number) }
    }

    func text(_ option: Int32) throws(RouteGridError) -> String {
        var buffer = [UInt8](repeating: 0, count: 1024)
        var count = buffer.count
        guard zmq_getsockopt(handle, option, &buffer, &count) == 0 else {
            throw ZMQFailure.system("reading ZeroMQ option \(option)", ZMQFailure.number)
        }
        return String(decoding: buffer.prefix(max(0, count - 1)), as: UTF8.self)
    }
}

extension ZMQSocket.Kind {
    var number: Int32 {
        switch self {
        case .router: ZMQ_ROUTER
        case .dealer: ZMQ_DEALER
        case .pair: ZMQ_PAIR
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        case .pub: ZMQ_PUB
        case .sub: ZMQ_SUB
        case .req: ZMQ_REQ
        case .rep: ZMQ_REP
        }
    }
}
