import RouteGridBase
import Scheduling

/// What a coordinator measures of itself since it was started; nothing here is on disk.
struct ServerMetrics: Sendable {
    private(set) var commits = CommitTimes()
    private(set) var committed = RecentCount()
    /// Messages that were refused, by the error's name.
    private(set) var refused: [String: Int] = [:]
    /// Failures that were reported, final or not, by kind.
    private(set) var failures: [String: Int] = [:]
    private(set) var recentFailures: [RecentFailure] = []
    private(set) var lastFailure = 0
    /// The place of the last record on disk; 0 before the first.
    private(set) var lastSequence: UInt64

    /// Failures that are kept for who looks.
    private static let failuresKept = 32
    /// Bytes of standard error kept of each.
    private static let tailKept = 1_024

    init(lastSequence: UInt64) { self.lastSequence = lastSequence }

    mutating func committed(_ count: Int, last: UInt64?, in seconds: Double, at now: Moment) {
        commits.add(seconds)
        committed.add(count, at: now)
        if let last { lastSequence = max(lastSequence, last) }
    }

    mutating func refused(_ code: RouteGridError.Code) { refused[code.name, default: 0] += 1 }

    mutating func failed(
        _ run: RunID,
        cell: CellID,
        _ exception: CellException,
        worker: String,
        log: [UInt8],
        at now: Moment
    ) {
        failures[exception.kind.rawValue, default: 0] += 1
        lastFailure += 1
        if recentFailures.count == Self.failuresKept { recentFailures.removeFirst() }
        recentFailures.append(
            RecentFailure(
                number: lastFailure,
                at: now,
                run: run,
                cell: cell,
                exception: exception,
                worker: worker,
                tail: Array(log.suffix(Self.tailKept))
            )
        )
    }
}

/// A failure that was reported lately.
struct RecentFailure: Sendable {
    /// 1, 2, … since the coordinator was started.
    let number: Int
    let at: Moment
    let run: RunID
    let cell: CellID
    let exception: CellException
    /// Its name; empty where nobody reported it, such as for a worker that died.
    let worker: String
    /// The end of its standard error.
    let tail: [UInt8]
}

/// How long commits took, syncs included.
struct CommitTimes: Sendable {
    /// Upper ends of the buckets, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    private(set) var count = 0
    private(set) var seconds = 0.0
    private(set) var last = 0.0
    /// How many took at most as long as each bound.
    private(set) var atMost = Array(repeating: 0, count: bounds.count)

    mutating func add(_ taken: Double) {
        count += 1
        seconds += taken
        last = taken
        for (place, bound) in Self.bounds.enumerated() where taken <= bound { atMost[place] += 1 }
    }
}

/// How much was counted in the last minute, by the second.
struct RecentCount: Sendable {
    private static let span: Int64 = 60
    private var counts = Array(repeating: 0, count: Int(span) + 1)
    private var second: Int64 = 0

    mutating func add(_ count: Int, at now: Moment) {
        advance(to: now)
        counts[Int(second % Int64(counts.count))] += count
    }

    private mutating func advance(to now: Moment) {
        let current = now.milliseconds / 1_000
        guard current > second else { return }
        for passed in max(second + 1, current - Self.span)...current { counts[Int(passed % Int64(counts.count))] = 0 }
        second = current
    }

    /// A second, over the last whole seconds (at most 60); fewer where the count is younger.
    func perSecond(over seconds: Int64, at now: Moment) -> Double {
        var current = self
        current.advance(to: now)
        let span = min(seconds, current.second, Self.span)
        guard span > 0 else { return 0 }
        let seconds = current.second - span..<current.second
        let sum = seconds.reduce(0) { $0 + current.counts[Int($1 % Int64(counts.count))] }
        return Double(sum) / Double(span)
    }
}
