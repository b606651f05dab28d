import Scheduling

/// Keeps the right number of worker jobs in a queue, from one number: the workers wanted.
///
/// A pure state machine. Each round it is given what the queue and the coordinator answered, and decides what to do; it
/// has no clock and runs nothing. What it remembers is what answers told, so that it may be ended and started at any
/// time. What holds of any history: it never asks for more jobs than the most that were wanted, it cancels no job that
/// has started, and a query that failed changes nothing.
package struct Allocator: Sendable {
    /// What is to be done in a round.
    package enum Action: Hashable, Sendable {
        /// Submit so many jobs that do not use these nodes; answer with ``submitted(_:)``.
        case submit(Int, excluding: [String])
        /// Cancel those of these jobs that still wait.
        case cancel([String])
    }

    /// How a submission ended.
    package enum Submission: Hashable, Sendable {
        /// The numbers of the jobs.
        case accepted([String])
        /// The queue took none, and why in its words.
        case refused(String)
        /// There was no answer: the jobs may be there or not.
        case unknown(String)
    }

    /// Why nothing is submitted for now.
    package struct Pause: Hashable, Sendable {
        package var reason: String
        package var until: Double
        /// Whether a worker that greets ends it.
        var isForSickness = false
    }

    /// Jobs of a submission without an answer.
    struct Doubt: Hashable, Sendable {
        var count: Int
        let since: Double
        var rounds = 0
    }

    package let settings: AllocatorSettings
    /// The clock of the last round.
    package internal(set) var now = 0.0
    package internal(set) var jobs: [String: KnownJob] = [:]
    package internal(set) var sickNodes: [String: SickNode] = [:]
    package internal(set) var pause: Pause?
    /// The workers wanted in the last round that knew; nil before.
    package private(set) var wanted: Int?
    /// What the last failed submission said, until one succeeds.
    package internal(set) var submissionError: String?
    /// Submissions in a row that failed.
    package internal(set) var submissionFailures = 0
    /// Submissions in a row that a limit of the site turned away, which is no failure.
    var limitedSubmissions = 0
    /// Rounds in a row in which jobs ended before their workers greeted, and none greeted.
    package internal(set) var sickRounds = 0
    /// Jobs of submissions without an answer: they count until the queue shows them, or had time to.
    var doubts: [Doubt] = []
    /// Classes and slots of its workers, once one has greeted.
    private var numerics: Set<String> = []
    private var slots: Int?
    private var surplusRounds = 0
    private var requested = 0

    package init(settings: AllocatorSettings) { self.settings = settings }

    /// Jobs that take a place: they wait, run, or may come back.
    package var count: Int {
        jobs.values.count { $0.counts(at: now, settings) } + doubts.reduce(0) { $0 + $1.count }
    }

    /// Decides what to do now.
    ///
    /// - Parameters:
    ///   - moment: seconds of a clock that does not go back.
    ///   - queue: this allocator's jobs, also those that ended a while ago; nil when the query failed.
    ///   - cluster: what the coordinator answered; nil when it did not.
    ///   - nodes: the nodes that jobs can run on, where known: never are all of them left out.
    /// - Returns: what to do, in order.
    package mutating func round(
        at moment: Double,
        queue: [SlurmJob]?,
        cluster: ClusterView?,
        nodes: Set<String> = []
    ) -> [Action] {
        now = max(now, moment)
        guard let queue else { return [] }
        note(queue, connected: cluster?.connected ?? [])
        guard let cluster else {
            // Without a coordinator nobody can greet.
            for id in jobs.keys { jobs[id]?.isJudged = true }
            return []
        }
        learn(from: cluster)
        judge()
        let wanted = wanted(for: cluster)
        self.wanted = wanted
        if let pause, pause.until <= now { self.pause = nil }
        return cancellations(wanted: wanted, queue) + submissions(wanted: wanted, cluster, nodes)
    }

    private mutating func learn(from cluster: ClusterView) {
        numerics.formUnion(cluster.numerics)
        slots = cluster.ownSlots.max() ?? slots
    }

    private func wanted(for cluster: ClusterView) -> Int {
        var formula = settings.wanted
        if !numerics.isEmpty { formula.numerics = numerics }
        if !settings.hasFixedSlots, let slots { formula.slots = max(1, slots) }
        return formula.count(for: cluster.demand, others: cluster.otherSlots)
    }

    /// The surplus of waiting jobs, once it lasts, and jobs that Slurm put back and holds after their launch failed.
    private mutating func cancellations(wanted: Int, _ queue: [SlurmJob]) -> [Action] {
        var actions: [Action] = []
        let held = queue.filter(\.isHeldAfterFailure).map(\.id)
        if !held.isEmpty { actions.append(cancel(held)) }
        let surplus = count - wanted
        surplusRounds = surplus > 0 ? surplusRounds + 1 : 0
        let isOverLimit = count > settings.wanted.bounds.upperBound
        guard surplus > 0, surplusRounds >= settings.surplusRounds || isOverLimit else { return actions }
        let waiting = jobs.values.filter(\.isWaiting).map(\.id).sorted(by: Self.isNewer).prefix(surplus)
        if !waiting.isEmpty { actions.append(cancel(Array(waiting))) }
        return actions
    }

    private mutating func cancel(_ ids: [String]) -> Action {
        for id in ids { jobs[id]?.isCancelled = true }
        return .cancel(ids)
    }

    private mutating func submissions(wanted: Int, _ cluster: ClusterView, _ nodes: Set<String>) -> [Action] {
        let waiting = jobs.values.count { $0.counts(at: now, settings) && $0.state == .waiting }
        requested = min(wanted - count, settings.batch, settings.maximumQueued - waiting)
        guard requested > 0, pause == nil, !cluster.demand.isStalled else { return [] }
        return [.submit(requested, excluding: excluded(of: nodes))]
    }

    /// Whether a job is newer than another: what waits longest goes on waiting.
    private static func isNewer(_ left: String, _ right: String) -> Bool {
        numbers(right).lexicographicallyPrecedes(numbers(left))
    }

    private static func numbers(_ id: String) -> [Int] {
        id.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    }

    // MARK: Submissions

    /// Takes the outcome of the submission of this round.
    package mutating func submitted(_ outcome: Submission) {
        switch outcome {
        case .accepted(let ids):
            for id in ids where jobs[id] == nil { jobs[id] = KnownJob(id: id, state: .waiting) }
            (submissionError, submissionFailures, limitedSubmissions) = (nil, 0, 0)
        case .refused(let text): refused(text)
        case .unknown(let text):
            doubts.append(Doubt(count: requested, since: now))
            refused(text)
        }
        requested = 0
    }

    private mutating func refused(_ text: String) {
        submissionError = text
        if Self.isLimit(text) {
            let time = AllocatorSettings.backoff(
                settings.interval,
                repetitions: limitedSubmissions,
                longest: settings.longestLimitPause
            )
            limitedSubmissions += 1
            pause = Pause(reason: "a limit of the site: \(text)", until: now + time)
        } else {
            let time = AllocatorSettings.backoff(
                settings.interval,
                repetitions: submissionFailures,
                longest: settings.longestPause
            )
            submissionFailures += 1
            pause = Pause(reason: "sbatch failed: \(text)", until: now + time)
        }
    }

    /// Whether the queue is full for this user, which passes by itself.
    private static func isLimit(_ text: String) -> Bool {
        let words = ["QOSMax", "QOSGrp", "AssocMax", "AssocGrp", "MaxSubmit", "submit limit", "QOS policy"]
        return words.contains { text.contains($0) }
    }
}
