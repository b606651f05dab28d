import CZeroMQ
import Glibc
import RouteGridBase

/// Bytes of messages to one peer that libzmq holds: passed to it, and not yet to the peer's connection.
///
/// libzmq's high-water mark counts messages, so that it does not bound their memory. A frame counts until libzmq lets
/// go of it: it was written to the connection, or its peer is gone.
package final class UnreadBytes: Sendable {
    private let held = LockedBox(0)
    /// Of all peers together.
    private let total: UnreadBytes?

    /// - Parameter total: what else counts these bytes.
    package init(in total: UnreadBytes? = nil) { self.total = total }

    package var count: Int { held.withLock { $0 } }

    fileprivate func add(_ bytes: Int) {
        held.withLock { $0 += bytes }
        total?.add(bytes)
    }
}

/// A frame that libzmq holds.
private final class HeldFrame {
    private let unread: UnreadBytes
    private let byteCount: Int

    init(_ byteCount: Int, _ unread: UnreadBytes) {
        (self.byteCount, self.unread) = (byteCount, unread)
        unread.add(byteCount)
    }

    deinit { unread.add(-byteCount) }
}

extension ZMQSocket {
    /// Sends a copy of a frame that is counted until libzmq lets go of it; returns 0 or an error number.
    func sendFrame(_ frame: [UInt8], _ flags: Int32, countedBy unread: UnreadBytes) -> Int32 {
        guard let copy = malloc(max(1, frame.count)) else { return ENOMEM }
        frame.withUnsafeBytes { if let base = $0.baseAddress { memcpy(copy, base, $0.count) } }
        let held = Unmanaged.passRetained(HeldFrame(frame.count, unread))
        var message = zmq_msg_t()
        return withUnsafeMutablePointer(to: &message) { message in
            // Called on a thread of libzmq, once.
            let release: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void = { data, hint in
                free(data)
                if let hint { Unmanaged<HeldFrame>.fromOpaque(hint).release() }
            }
            guard zmq_msg_init_data(message, copy, frame.count, release, held.toOpaque()) == 0 else {
                free(copy)
                held.release()
                return ENOMEM
            }
            while zmq_msg_send(message, handle, flags) < 0 {
                let number = ZMQFailure.number
                guard number != EINTR else { continue }
                zmq_msg_close(message)
                return number
            }
            return 0
        }
    }
}
