import CZeroMQ
import Glibc
package import RouteGridBase

extension ZMQSocket {
    /// Passes a whole message to libzmq, or nothing of it.
    ///
    /// - Parameters:
    ///   - frames: at least one; a ROUTER's first is the routing id of the peer.
    ///   - unread: counts the frames behind the first for as long as libzmq holds them.
    /// - Returns: the outcome; only `sent` means that libzmq has accepted it.
    /// - Throws: `system` when the context ended or memory ran out.
    package func send(
        _ frames: [[UInt8]],
        countedBy unread: UnreadBytes? = nil
    ) throws(RouteGridError) -> SendOutcome {
        var outcome = SendOutcome.sent
        for (index, frame) in frames.enumerated() {
            let flags = ZMQ_DONTWAIT | (index + 1 < frames.count ? ZMQ_SNDMORE : 0)
            let counter = index > 0 ? unread : nil
            switch counter.map({ sendFrame(frame, flags, countedBy: $0) }) ?? sendFrame(frame, flags) {
            case 0: continue
            case EAGAIN where index == 0: return .full
            // The peer disconnected between two frames: libzmq drops the rest, and must be given it to get past it.
            case EAGAIN: outcome = .full
            case EHOSTUNREACH: return .unroutable
            case let number: throw ZMQFailure.system("sending a message", number)
            }
        }
        return outcome
    }

    /// The next message, or nil when none is waiting.
    ///
    /// - Throws: `system` when the context ended.
    package func receive() throws(RouteGridError) -> ZMQMessage? {
        while true {
            var frames: [[UInt8]] = []
            var userID: String?
            var connection: Int32?
            var isMore = false
            repeat {
                guard zmq_msg_recv(scratch, handle, ZMQ_DONTWAIT) >= 0 else {
                    switch ZMQFailure.number {
                    case EINTR:
                        isMore = true
                        continue
                    case EAGAIN: return nil
                    case let number: throw ZMQFailure.system("receiving a message", number)
                    }
                }
                isMore = zmq_msg_more(scratch) != 0
                // A ROUTER's first frame is libzmq's own; the last one is the sender's.
                if !isMore, security.names { userID = senderOfScratch() }
                if !isMore, kind == .router { connection = zmq_msg_get(scratch, ZMQ_SRCFD) }
                // Frames beyond the limit are read, so that the next message starts at its first frame, and dropped.
                if frames.count <= ZMQSocket.maximumFrames { frames.append(copyOfScratch()) }
            } while isMore
            let isWhole = frames.count <= ZMQSocket.maximumFrames
            // No handler vouched for a nameless sender: libzmq lets none in, and none gets past here.
            if isWhole, userID != nil || !security.names {
                return ZMQMessage(frames, userID: userID, connection: connection)
            }
            droppedMessages += 1
        }
    }

    /// Appends up to `limit` waiting messages, and no more once they exceed 8 MiB.
    package func receive(upTo limit: Int, into messages: inout [ZMQMessage]) throws(RouteGridError) {
        var byteCount = 0
        for _ in 0..<limit where byteCount < 8 << 20 {
            guard let message = try receive() else { return }
            messages.append(message)
            for frame in message.frames { byteCount += frame.count }
        }
    }

    /// Whether a message waits to be received.
    package var hasUnread: Bool {
        var events: Int32 = 0
        var size = MemoryLayout<Int32>.size
        return zmq_getsockopt(handle, ZMQ_EVENTS, &events, &size) == 0 && events & Int32(ZMQ_POLLIN) != 0
    }

    private func sendFrame(_ frame: [UInt8], _ flags: Int32) -> Int32 {
        while true {
            let count = frame.withUnsafeBytes { zmq_send(handle, $0.baseAddress, $0.count, flags) }
            if count >= 0 { return 0 }
            let number = ZMQFailure.number
            if number != EINTR { return number }
        }
    }

    private func senderOfScratch() -> String? {
        guard let user = zmq_msg_gets(scratch, "User-Id"), user.pointee != 0 else { return nil }
        return String(cString: user)
    }

    private func copyOfScratch() -> [UInt8] {
        let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(scratch), count: zmq_msg_size(scratch))
        return [UInt8](bytes)
    }
}

extension ZMQSocket {
    /// Blocks the calling thread until a message can be read or the time has passed.
    ///
    /// For blocking clients, not for loops.
    package func wait(_ limit: Duration) throws(RouteGridError) {
        var item = zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        let result = zmq_poll(&item, 1, Int(SocketOptions.milliseconds(limit)))
        if result < 0, ZMQFailure.number != EINTR {
            throw ZMQFailure.system("waiting for a message", ZMQFailure.number)
        }
    }
}
