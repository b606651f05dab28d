/// Somebody who waits for the next records.
package struct Follower: Hashable, Sendable {
    package let route: RoutingID
    let after: UInt64
    let limit: Int

    package init(route: RoutingID, after: UInt64, limit: Int) {
        (self.route, self.after, self.limit) = (route, after, limit)
    }
}

/// Who waits for records that nobody has sent yet.
///
/// The disk is asked while commits go on, so that an answer "there are none" may be older than the last commit: it counts
/// only when no record came since the question.
package struct WaitingFollowers: Sendable {
    /// A follower for whom the disk is asked, and when.
    package struct Question: Hashable, Sendable {
        package let follower: Follower
        fileprivate var round: UInt64
    }

    private var waiting: [Follower] = []
    /// Grows with each commit that brought records.
    private var round: UInt64 = 0

    package init() {}

    package mutating func forget(where isGone: (RoutingID) -> Bool) { waiting.removeAll { isGone($0.route) } }

    /// Somebody asks.
    package func question(_ follower: Follower) -> Question { Question(follower: follower, round: round) }

    /// Records are on disk: everybody who waited is to be asked for.
    package mutating func recordsCame() -> [Question] {
        round += 1
        defer { waiting = [] }
        return waiting.map(question)
    }

    /// The disk had nothing for a follower, who waits from now on; or, when records came meanwhile, the same question again.
    package mutating func nothingFound(for question: Question) -> Question? {
        guard question.round == round else { return self.question(question.follower) }
        waiting.append(question.follower)
        return nil
    }
}
