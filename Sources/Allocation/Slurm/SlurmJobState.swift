/// The state of a Slurm job, as far as an allocator goes by it.
package enum SlurmJobState: String, Hashable, Sendable {
    /// In the queue; it holds no node.
    case waiting
    /// It holds a node, or did and will go on. Also what nobody knows: a job in doubt is never cancelled.
    case started
    /// Its processes are over, its node is being cleaned.
    case ending
    /// It ended with exit code 0.
    case completed
    /// Somebody cancelled it.
    case cancelled
    /// It ended with another exit code, or used more memory than it asked for.
    case failed
    /// It ran to its time limit.
    case timedOut
    /// Its node failed or was taken from it: with `--requeue` it comes back under the same number.
    case lost

    /// Reads both spellings that `squeue` has: `RUNNING` and `R`, and `CANCELLED by 1000`.
    package init(_ text: some StringProtocol) {
        let word = text.split(whereSeparator: { $0 == " " || $0 == "+" }).first.map { $0.uppercased() } ?? ""
        self = Self.names[word] ?? .started
    }

    /// Names and codes of squeue(1), "Job state codes".
    private static let names: [String: SlurmJobState] = [
        "PENDING": .waiting, "PD": .waiting, "REQUEUED": .waiting, "RQ": .waiting, "REQUEUE_HOLD": .waiting,
        "RH": .waiting, "REQUEUE_FED": .waiting, "SPECIAL_EXIT": .waiting, "SE": .waiting,
        "RESV_DEL_HOLD": .waiting, "RD": .waiting,
        "RUNNING": .started, "R": .started, "CONFIGURING": .started, "CF": .started, "SUSPENDED": .started,
        "S": .started, "STOPPED": .started, "ST": .started, "RESIZING": .started, "RS": .started,
        "SIGNALING": .started, "SI": .started, "STAGE_OUT": .started, "SO": .started,
        "COMPLETING": .ending, "CG": .ending,
        "COMPLETED": .completed, "CD": .completed,
        "CANCELLED": .cancelled, "CA": .cancelled, "REVOKED": .cancelled, "RV": .cancelled,
        "FAILED": .failed, "F": .failed, "OUT_OF_MEMORY": .failed, "OOM": .failed, "LAUNCH_FAILED": .failed,
        "TIMEOUT": .timedOut, "TO": .timedOut, "DEADLINE": .timedOut, "DL": .timedOut,
        "NODE_FAIL": .lost, "NF": .lost, "PREEMPTED": .lost, "PR": .lost, "BOOT_FAIL": .lost, "BF": .lost,
        "RECONFIG_FAIL": .lost,
    ]

    /// Whether nothing of the job is left; a lost one may come back.
    package var isOver: Bool {
        switch self {
        case .completed, .cancelled, .failed, .timedOut: true
        case .waiting, .started, .ending, .lost: false
        }
    }
}
