import RouteGridBase
import Scheduling

/// A blob that a peer is uploading.
struct UploadID: Hashable, Sendable {
    let route: RoutingID
    let digest: Digest
}

struct Upload: Sendable {
    /// No blob is larger: until it is whole it is in memory.
    static let limit = UInt64(PeerLimits.uploadBytes)
    /// An upload without a new part for this long is dropped; its sender begins again.
    static let timeoutMilliseconds: Int64 = 60_000
    let total: Int
    var bytes: [UInt8] = []
    var isWriting = false
    /// When its last part arrived.
    var touched: Moment
}
