import Foundation
import RouteGridBase
import Scheduling
import Wire

/// Results of one worker that are on disk, or were refused.
struct Acknowledgement: Sendable {
    private var jobKeys: [UInt8] = []
    private var resultDigests: [UInt8] = []
    private var verdicts: [WireCommitted.Verdict] = []

    init() {}

    init(_ reply: CommitSettlement<RoutingID, ResultKey>.Reply) {
        for key in reply.keys { key.jobKey.append(to: &jobKeys) }
        for key in reply.keys { key.resultDigest.append(to: &resultDigests) }
        for verdict in reply.verdicts {
            switch verdict {
            case .new: verdicts.append(.new)
            case .equal: verdicts.append(.equal)
            case .divergent: verdicts.append(.divergent)
            case .blobMissing, .refused: verdicts.append(.refused)
            }
        }
    }

    /// Adds a result that is not on disk and never will be: its worker may drop it too.
    mutating func refuse(_ key: JobKey, _ digest: Digest) {
        key.append(to: &jobKeys)
        digest.append(to: &resultDigests)
        verdicts.append(.refused)
    }

    var message: WireCommitted {
        var message = WireCommitted()
        (message.jobKeys, message.resultShas) = (Data(jobKeys), Data(resultDigests))
        message.verdicts = verdicts
        return message
    }
}
