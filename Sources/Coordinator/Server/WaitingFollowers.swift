/// A client that waits for the next records.
package struct Follower: Hashable, Sendable {
    package let route: RoutingID
    /// The place of the last record it has.
    package let after: UInt64
    let limit: Int

    package init(route: RoutingID, after: UInt64, limit: Int) {
        (self.route, self.after, self.limit) = (route, after, limit)
    }
}

/// The end of the stream of records, and the followers that have all of it and wait for more.
///
/// Followers get new records from the commit that added them, without a read of the disk.
package struct WaitingFollowers: Sendable {
    private var waiting: [Follower] = []
    /// The place of the last record on disk; 0 before the first.
    private var end: UInt64

    package init(end: UInt64) { self.end = end }

    package var count: Int { waiting.count }

    /// How many requests of one connection wait.
    package func count(of route: RoutingID) -> Int { waiting.count { $0.route == route } }

    package mutating func forget(where isGone: (RoutingID) -> Bool) { waiting.removeAll { isGone($0.route) } }

    /// Makes a follower wait; false when records on disk are missing to it.
    package mutating func wait(_ follower: Follower) -> Bool {
        guard follower.after >= end else { return false }
        waiting.append(follower)
        return true
    }

    /// Records up to a place are on disk: returns the followers that waited for some of them.
    package mutating func recordsCommitted(upTo place: UInt64) -> [Follower] {
        end = max(end, place)
        guard !waiting.isEmpty else { return [] }
        let served = waiting.filter { $0.after < end }
        waiting.removeAll { $0.after < end }
        return served
    }
}
