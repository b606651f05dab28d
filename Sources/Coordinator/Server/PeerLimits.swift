import RouteGridBase
import Scheduling

/// What peers may have a coordinator keep or do at once.
///
/// Each limit is far above what honest peers need, and named in the answer to who exceeds it.
enum PeerLimits {
    /// Processes that have greeted.
    static let workers = 32_768
    /// Clients and followers; beyond it the one that was silent for longest is forgotten, and greets again.
    static let clients = 4_096
    /// Uploads begun by one connection, and by all.
    static let uploads = 8
    static let allUploads = 256
    /// Bytes of all unfinished uploads together.
    static let uploadBytes = 2 << 30
    /// Requests for records that wait for some, by one connection and by all.
    static let follows = 8
    static let allFollows = 4_096
    /// Grids that are being submitted, by one connection and by all.
    static let submits = 4
    static let allSubmits = 16
    /// Parts of blobs that are being read, for one connection and for all; they count as bytes, too.
    static let fetches = 256
    static let allFetches = 1_024
    /// Bytes of messages to all peers that these have not read; `Configuration` has that of one peer.
    static let allUnreadBytes = 1 << 30
    /// So many unread bytes each peer may have, whatever others hold.
    static let spareBytes = 4 << 20
    /// Messages up to this size are not counted in bytes: a peer's queue holds so many messages.
    static let smallReply = 4 << 10
    static let queuedMessages = 8_192

    /// - Throws: `temporary` naming the limit that is reached.
    static func check(_ count: Int, _ limit: Int, _ what: String) throws(RouteGridError) {
        guard count >= limit else { return }
        throw RouteGridError(.temporary, "\(count) \(what): the limit is \(limit); try again later")
    }
}

/// Requests that are under way, by connection.
struct RequestsUnderWay: Sendable {
    private(set) var total = 0
    private var counts: [RoutingID: Int] = [:]

    subscript(route: RoutingID) -> Int { counts[route] ?? 0 }

    mutating func begin(_ route: RoutingID) {
        total += 1
        counts[route, default: 0] += 1
    }

    mutating func end(_ route: RoutingID) {
        guard let count = counts[route] else { return }
        total -= 1
        counts[route] = count > 1 ? count - 1 : nil
    }
}
