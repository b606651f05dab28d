import RouteGridBase
import Scheduling
import Wire
import ZeroMQ

extension CoordinatorServer {
    /// What libzmq holds of messages to a peer.
    func unread(by route: RoutingID) -> UnreadBytes {
        if let known = unread[route] { return known }
        let made = UnreadBytes(in: allUnread)
        unread[route] = made
        return made
    }

    /// Whether a large message of so many bytes may be added to what a peer has not read.
    ///
    /// Requests are refused at the limit, but answers to earlier ones are under way: at twice as much, messages are
    /// lost.
    func mayHold(_ byteCount: Int, for unread: UnreadBytes) -> Bool {
        let held = unread.count + byteCount
        guard held <= 2 * configuration.unreadBytes else { return false }
        return held <= PeerLimits.spareBytes || allUnread.count + byteCount <= PeerLimits.allUnreadBytes
    }

    /// - Throws: `temporary` for a peer that asks for more while it does not read what it was sent.
    func checkReading(_ route: RoutingID) throws(RouteGridError) {
        let held = unread[route]?.count ?? 0
        // Parts of blobs that are being read will be sent, too.
        let underWay = fetches[route] * WireProtocol.chunkSize
        let what = "bytes were sent to this peer and are not read"
        try PeerLimits.check(held + underWay, configuration.unreadBytes, what)
        guard held + underWay > PeerLimits.spareBytes else { return }
        let all = allUnread.count + fetches.total * WireProtocol.chunkSize
        try PeerLimits.check(all, PeerLimits.allUnreadBytes, "bytes were sent to peers and are not read")
    }

    /// - Throws: `temporary` when a key has as many processes connected as it may.
    func checkConnections(of hello: WireHello, key: String?) throws(RouteGridError) {
        // One that comes back takes the place of its former connection.
        guard let key, peers.owner(of: hello) == nil else { return }
        try PeerLimits.check(
            peers.count(of: key),
            configuration.connectionsPerKey,
            "processes of this key are connected"
        )
    }

    /// Once a second: closes the connections of peers that never greeted, and forgets counters of nothing.
    func closeSilentConnections() {
        unread = unread.filter { $1.count > 0 || peers[$0] != nil }
        // A greeting may wait to be read: time in which not all was read does not count.
        guard !isReadingPaused, now - lastFullyRead < 500 else { return }
        counters.silentConnections += connections?.closeSilent(after: configuration.helloSeconds) ?? 0
    }

    /// The limits of peers, and how far they are used, for `status`.
    var limitReport: JSONValue {
        [
            "connections": JSONValue(connections?.count ?? 0),
            "connections_closed": JSONValue(counters.silentConnections),
            "connections_per_key": JSONValue(configuration.connectionsPerKey),
            "hello_seconds": JSONValue(configuration.helloSeconds),
            "unread_bytes": JSONValue(allUnread.count),
            "unread_bytes_limit": JSONValue(PeerLimits.allUnreadBytes),
            "unread_bytes_per_peer": JSONValue(configuration.unreadBytes),
        ]
    }
}
