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
            switch try socket.send([route.bytes, frame] + (data.map { [$0] } ?? [])) {
            case .sent: break
            case .full, .unroutable: counters.unsent += 1
            }
        } catch {
            log.error("a message could not be sent", metadata: ["error": "\(error)"])
        }
    }
}
