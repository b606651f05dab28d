import CZeroMQ
import Glibc
package import RouteGridBase

/// A libzmq context: its input and output threads, and the name space of `inproc://`.
///
/// Contexts may be shared by threads; sockets may not. Sockets keep their context alive; the last reference terminates
/// it.
package final class ZMQContext: @unchecked Sendable {
    // libzmq guards the context itself; `pointer` never changes.
    let pointer: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - ioThreads: 1 is enough for about a gigabyte a second.
    ///   - maximumSockets: sockets of this process, not peers of one socket.
    /// - Throws: `system` when the process has no file descriptors left.
    package init(ioThreads: Int = 1, maximumSockets: Int = 1023) throws(RouteGridError) {
        guard let made = zmq_ctx_new() else { throw ZMQFailure.system("making a ZeroMQ context", ZMQFailure.number) }
        zmq_ctx_set(made, ZMQ_IO_THREADS, Int32(clamping: ioThreads))
        zmq_ctx_set(made, ZMQ_MAX_SOCKETS, Int32(clamping: maximumSockets))
        pointer = made
    }

    /// Waits at most the linger time of the last closed sockets.
    ///
    /// No socket is open: each holds this object.
    deinit { while zmq_ctx_term(pointer) != 0 && ZMQFailure.number == EINTR {} }

    /// Opens a socket.
    ///
    /// The calling thread owns it from now until it is closed.
    package func socket(
        _ kind: ZMQSocket.Kind,
        options: SocketOptions = SocketOptions()
    ) throws(RouteGridError) -> ZMQSocket {
        try ZMQSocket(kind, context: self, options: options)
    }
}
