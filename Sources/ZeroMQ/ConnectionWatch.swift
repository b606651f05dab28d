import CZeroMQ
import Glibc
package import RouteGridBase

/// The connections of a bound socket, so that those whose peers never say who they are can be closed.
///
/// libzmq has no call that closes a connection. It is shut down through its file descriptor, which libzmq reports when
/// it accepts one and with each message; libzmq then finds that its peer has hung up. Belongs to the thread of the
/// socket.
package final class ConnectionWatch {
    private struct Connection {
        /// Of the kernel's socket: a number may be another connection's by now.
        let inode: ino_t
        /// How often ``closeSilent(after:)`` has seen it without a greeting.
        var age = 0
        var hasGreeted = false
    }

    private let watched: ZMQSocket
    private let events: ZMQSocket
    private var connections: [Int32: Connection] = [:]

    /// Starts to watch; before the socket is bound, or connections are missed.
    ///
    /// Its events are read, or libzmq's own thread waits for their reader when many wait.
    ///
    /// - Throws: `system` when there are no sockets left.
    package init(_ socket: ZMQSocket, context: ZMQContext) throws(RouteGridError) {
        watched = socket
        let address = "inproc://routegrid.connections.\(UInt(bitPattern: socket.handle))"
        let mask = Int32(ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED)
        guard zmq_socket_monitor(socket.handle, address, mask) == 0 else {
            throw ZMQFailure.system("watching a ZeroMQ socket", ZMQFailure.number)
        }
        events = try context.socket(.pair)
        try events.connect(address)
    }

    package func watch(on loop: ZMQEventLoop) {
        loop.onReadable(events, batch: 1_024) { [unowned self] messages in
            for message in messages { note(message) }
        }
    }

    /// Ends ``watch(on:)``, and closes; before the socket is closed.
    package func stop(on loop: ZMQEventLoop) {
        if watched.isOpen { zmq_socket_monitor(watched.handle, nil, 0) }
        loop.close(events, discarding: true)
    }

    /// Connections that are open, with those that are in their handshake.
    package var count: Int { connections.count }

    /// Notes that the peer of a message's connection has said who it is.
    package func greeted(_ connection: Int32) {
        // It was accepted before: an older connection of that number is forgotten first.
        catchUp()
        connections[connection]?.hasGreeted = true
    }

    /// Closes the connections whose peers have not greeted while this was called `limit` times since; their number.
    package func closeSilent(after limit: Int) -> Int {
        catchUp()
        var closed = 0
        for (descriptor, connection) in connections where !connection.hasGreeted {
            connections[descriptor]?.age += 1
            guard connection.age + 1 >= limit, Self.inode(of: descriptor) == connection.inode else { continue }
            if connection.age + 1 == limit { closed += 1 }
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
        return closed
    }

    private func catchUp() {
        while let message = try? events.receive() { note(message) }
    }

    private func note(_ message: ZMQMessage) {
        guard let head = message.frames.first, head.count == 6 else { return }
        let (number, descriptor) = head.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt16.self), $0.loadUnaligned(fromByteOffset: 2, as: Int32.self))
        }
        if Int32(number) == ZMQ_EVENT_ACCEPTED {
            // Without an inode it is closed already.
            connections[descriptor] = Self.inode(of: descriptor).map { Connection(inode: $0) }
        } else {
            connections[descriptor] = nil
        }
    }

    private static func inode(of descriptor: Int32) -> ino_t? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return status.st_ino
    }
}
