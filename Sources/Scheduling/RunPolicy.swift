/// The limits of one run, as its grid file gives them.
package struct RunPolicy: Hashable, Sendable {
    /// How often a failed cell is retried.
    package var retries = 2
    /// How many process deaths one cell may cause before it is quarantined.
    package var crashLimit = 5
    /// The run stops when more cells than this have failed; nil = never.
    package var maxFails: Int?
    package var priority = 0
    /// The numerics class its records belong to; only workers that can be of this class get its cells.
    package var numerics = ""
    /// The programs that its routers run; only workers that allow all of them get its cells.
    package var programs: Set<String> = []
    /// What each of its fits needs; only workers that have it get its cells.
    package var needs = WorkerResources()

    /// How long a worker may hold leases of the run without a step.
    ///
    /// What a fit and a cell may take, and time to fetch their data: its slots end what takes longer, so that a worker
    /// beyond it says that it lives and does nothing.
    package var idleMilliseconds = Int64.max

    /// Cells that one lease may have, and that one look-up covers: fewer where their keys are long, so that a lease
    /// fits into one message.
    package var leaseCells = Int.max
    package var reachedCells = 4_096

    package init() {}

    /// Milliseconds before attempt `tries + 1`: 1 s, doubled each time, at most 60 s.
    func backoff(tries: Int) -> Int64 { min(60_000, 1_000 << Int64(min(max(tries - 1, 0), 6))) }
}

/// The state of a run.
package enum RunState: String, Hashable, Sendable {
    case active, paused, cancelled
    /// More cells failed than `max_fails` allows.
    case stopped
    /// Every cell is recorded or has finally failed.
    case finished

    package var isOver: Bool { self == .cancelled || self == .stopped || self == .finished }
}
