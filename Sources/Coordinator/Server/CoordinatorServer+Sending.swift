import Logging
import RouteGridBase
import Wire
import ZeroMQ

extension CoordinatorServer {
    func send(_ message: Outgoing, to route: RoutingID) { send(message.envelope, to: route) }

    /// A message to a peer that is gone or does not read is lost: leases time out, results are sent again.
    func send(_ envelope: WireEnvelope, data: [UInt8]? = nil, to route: RoutingID) {
        guard let socket, let body = envelope.body else { return }
        do {
            let frame = try WireMessage.encode(body)
            let byteCount = frame.count + (data?.count ?? 0)
            // The high-water mark bounds those that are small, and nearly all are: only what is large is counted.
            let unread = byteCount > PeerLimits.smallReply ? unread(by: route) : nil
            if let unread, !mayHold(byteCount, for: unread) {
                counters.unsent += 1
                return
            }
            switch try socket.send([route.bytes, frame] + (data.map { [$0] } ?? []), countedBy: unread) {
            case .sent: break
            case .full, .unroutable: counters.unsent += 1
            }
        } catch {
            log.error("a message could not be sent", metadata: ["error": "\(error)"])
        }
    }
}
