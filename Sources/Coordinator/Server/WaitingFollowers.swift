/// Somebody who waits for the next records.
package struct Follower: Hashable, Sendable {
    package let route: RoutingID
    /// The place of the last record that it has.
    package let after: UInt64
    let limit: Int

    package init(route: RoutingID, after: UInt64, limit: Int) {
        (self.route, self.after, self.limit) = (route, after, limit)
    }
}

/// Where the stream of records ends, and who has all of it and waits for more.
///
/// Whoever waits is told of new records out of the commit that brought them, without a look at the disk.
package struct WaitingFollowers: Sendable {
    private var waiting: [Follower] = []
    /// The place of the last record on disk; 0 before the first.
    private var end: UInt64

    package init(end: UInt64) { self.end = end }

    package mutating func forget(where isGone: (RoutingID) -> Bool) { waiting.removeAll { isGone($0.route) } }

    /// Makes a follower wait; false when there are records on disk that it does not have.
    package mutating func wait(_ follower: Follower) -> Bool {
        guard follower.after >= end else { return false }
        waiting.append(follower)
        return true
    }

    /// Records are on disk, up to a place: those who waited for some of them wait no more.
    package mutating func recordsCame(upTo place: UInt64) -> [Follower] {
        end = max(end, place)
        guard !waiting.isEmpty else { return [] }
        let served = waiting.filter { $0.after < end }
        waiting.removeAll { $0.after < end }
        return served
    }
}
