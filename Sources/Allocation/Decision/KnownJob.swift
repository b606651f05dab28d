/// A job of this allocator, as it remembers it between two answers of the queue.
package struct KnownJob: Hashable, Sendable {
    package let id: String
    package var state: SlurmJobState
    package var node: String?
    /// Slurm's word for why it waits or ended.
    package var reason = ""
    /// Whether its worker was connected to the coordinator since it last started.
    package var hasGreeted = false
    /// Whether its end says nothing about its node: it was taken into account, or its worker may have greeted unseen.
    var isJudged = false
    /// Whether its cancellation was asked for in the last round.
    var isCancelled = false
    /// The first of the rounds in a row in which nothing was left of it that runs or waits, and their number.
    var absentSince: Double?
    var absentRounds = 0

    init(id: String, state: SlurmJobState) {
        self.id = id
        self.state = state
    }

    /// Whether it waits in the queue by the last answer, and may be cancelled.
    var isWaiting: Bool { state == .waiting && absentSince == nil }

    /// It is there after all, or still.
    mutating func isBack() { (absentSince, absentRounds) = (nil, 0) }

    /// Whether it takes a place: it waits or runs, or may come back.
    func counts(at now: Double, _ settings: AllocatorSettings) -> Bool {
        guard !state.isOver else { return false }
        guard let since = absentSince else { return true }
        return absentRounds < settings.absentRounds || now - since < settings.absence
    }
}
