import CPlatform
import Glibc
package import RouteGridBase
package import Wire

/// The supervisor's non-blocking connection to one slot: frames in and out, and the tail of its log.
package final class SlotConnection {
    /// Bytes of standard error that are kept.
    package static let tailSize = 64 << 10

    package let peer: any SlotPeer
    package let kind: NumericsKind
    package private(set) var isClosed = false
    private var incoming = SlotFrames()
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var tail: [UInt8] = []

    package init(_ peer: any SlotPeer, kind: NumericsKind) {
        self.peer = peer
        self.kind = kind
    }

    /// Whether bytes wait for the slot to read.
    var hasUnsent: Bool { sent < outgoing.count }

    func send(_ body: SlotEnvelope.OneOf_Body) throws(RouteGridError) {
        outgoing.append(contentsOf: try SlotFrames.encode(body))
        flush()
    }

    /// Writes as much as the socket takes.
    func flush() {
        while hasUnsent {
            let count = outgoing.withUnsafeBytes { bytes in
                cplatform_send(peer.descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                // A broken socket is detected by reading, since it may still hold the slot's last messages.
                if errno != EAGAIN { outgoing = [] }
                break
            }
        }
        if !hasUnsent {
            outgoing.removeAll(keepingCapacity: true)
            sent = 0
        }
    }

    /// The slot's messages that have arrived; sets `isClosed` at end of file.
    package func receive() throws(RouteGridError) -> [SlotEnvelope] {
        read(peer.descriptor) {
            incoming.append($0)
        } atEnd: {
            isClosed = true
        }
        var envelopes: [SlotEnvelope] = []
        while let envelope = try incoming.next() { envelopes.append(envelope) }
        return envelopes
    }

    /// Reads standard error; false at its end.
    package func receiveLog() -> Bool {
        guard let descriptor = peer.errorDescriptor else { return false }
        var isOpen = true
        read(descriptor) { bytes in
            tail.append(contentsOf: bytes)
            if tail.count > 2 * SlotConnection.tailSize { tail.removeFirst(tail.count - SlotConnection.tailSize) }
        } atEnd: {
            isOpen = false
        }
        return isOpen
    }

    /// The end of what the slot wrote to standard error.
    package var logTail: [UInt8] {
        _ = receiveLog()
        return tail.suffix(SlotConnection.tailSize)
    }

    func forgetLog() { tail = [] }

    /// Reads what is there, at most a megabyte a call, so that one slot with much output does not block the loop.
    private func read(_ descriptor: Int32, _ take: (UnsafeRawBufferPointer) -> Void, atEnd: () -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            for _ in 0..<16 {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 {
                    take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    if count < buffer.count { return }
                } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                    return atEnd()
                } else if errno == EAGAIN {
                    return
                }
            }
        }
    }
}
