import Foundation
import RouteGridBase
import Wire

/// The coordinator's messages in its own types; the wire form is made here.
enum Outgoing {
    case welcome(identity: [UInt8], epoch: UInt32, heartbeat: UInt32, lease: UInt32, maximumFrame: Int)
    case refused(RouteGridError.Code, String)
    case unknown
    case heartbeat
    case lease(WireLease)
    case committed(Acknowledgement)
    case revoke(LeaseID, Fence, [CellID])
    case submitted(run: RunID?, cells: Int, missing: [Digest])
    case reply(JSONValue)
    case done(String)
    case stored(Digest, next: Int, complete: Bool, error: String)
    case records(WireRecords)

    var envelope: WireEnvelope {
        var envelope = WireEnvelope()
        switch self {
        case .welcome(let identity, let epoch, let heartbeat, let lease, let maximumFrame):
            envelope.welcome.coordinator = Data(identity)
            envelope.welcome.epoch = epoch
            envelope.welcome.heartbeatMs = heartbeat
            envelope.welcome.leaseMs = lease
            envelope.welcome.maxFrame = UInt64(maximumFrame)
        case .refused(let code, let text):
            envelope.refused.code = code.name
            envelope.refused.text = text
        case .unknown: envelope.unknown = WireUnknown()
        case .heartbeat: envelope.heartbeat = WireHeartbeat()
        case .lease(let lease): envelope.lease = lease
        case .committed(let reply): envelope.committed = reply.message
        case .revoke(let lease, let fence, let cells):
            envelope.revoke.leaseID = lease
            envelope.revoke.leaseFence = fence
            envelope.revoke.cellIDs = cells
        case .submitted(let run, let cells, let missing):
            envelope.submitted.run = run?.rawValue ?? 0
            envelope.submitted.cells = UInt64(cells)
            envelope.submitted.missing = missing.map { Data($0.bytes) }
        case .reply(let json): envelope.reply.json = Data(json.jsonBytes())
        case .done(let text): envelope.done.text = text
        case .stored(let digest, let next, let complete, let error):
            envelope.stored.sha = Data(digest.bytes)
            envelope.stored.nextOffset = UInt64(next)
            envelope.stored.complete = complete
            envelope.stored.error = error
        case .records(let records): envelope.records = records
        }
        return envelope
    }
}
