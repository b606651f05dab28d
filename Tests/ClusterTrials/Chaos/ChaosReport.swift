/// What a trial is made of.
package struct ChaosOptions: Sendable {
    package var seed: UInt64 = 1
    /// How long faults are made.
    package var faultTime: Duration = .seconds(60)
    package var workers = 3
    package var slots = 2
    /// A coordinator's lease: short ones give more losses.
    package var leaseSeconds = 3
    /// The disk of the state folder.
    package var diskMegabytes = 512
    /// How long everything may take to end once no fault is made any more.
    package var healLimit: Duration = .seconds(600)
    /// The built command.
    package var routegrid: String
    /// Where everything is kept; it must be empty.
    package var folder: String
    /// The grid file of a round.
    package var grid: @Sendable (_ round: Int) -> String
    /// Gets a line for every fault and every other event.
    package var say: @Sendable (String) -> Void = { _ in }

    package init(routegrid: String, folder: String, grid: @escaping @Sendable (Int) -> String) {
        (self.routegrid, self.folder, self.grid) = (routegrid, folder, grid)
    }
}

/// What came of a trial.
package struct ChaosReport: Sendable {
    package var kills = 0
    package var freezes = 0
    package var restarts = 0
    package var networkFaults = 0
    package var fullDisks = 0
    /// Times a coordinator logged that it cannot write, and that it can again.
    package var stalls = 0
    package var recoveries = 0
    /// Faults that found nothing to act on.
    package var idleFaults = 0
    /// Why the disk was never filled, or nil.
    package var diskRefusal: String?
    /// Grids that were run.
    package var rounds = 0
    package var records = 0
    /// Results that were seen on the wire, delivered again ones too.
    package var results = 0
    /// Keys that were acknowledged on the wire.
    package var acknowledged = 0

    /// Keys that were acknowledged, seen by a follower or expected by a grid, and have no record.
    package var lost = 0
    /// Keys that are recorded twice, or were seen at two places of the stream, or with two contents.
    package var duplicated = 0
    /// Records of no cell.
    package var unexpected = 0
    /// Keys whose result was delivered more than once and is recorded once.
    package var recovered = 0
    /// Whatever else was not as it must be, in words.
    package var violations: [String] = []

    package init() {}

    package var isKept: Bool { lost == 0 && duplicated == 0 && unexpected == 0 && violations.isEmpty }

    package var lines: [String] {
        [
            "kills \(kills), freezes \(freezes), restarts \(restarts), network faults \(networkFaults), "
                + "full disks \(fullDisks) (\(stalls) stalls, \(recoveries) ended), idle faults \(idleFaults)"
                + (diskRefusal.map { " (\($0))" } ?? ""),
            "grids \(rounds), records \(records), results delivered \(results), acknowledged keys \(acknowledged)",
            "lost \(lost), duplicated \(duplicated), unexpected \(unexpected), recovered \(recovered)",
        ] + violations.map { "violation: \($0)" }
    }

    /// Adds up the counts of two trials.
    package static func + (one: ChaosReport, other: ChaosReport) -> ChaosReport {
        var sum = one
        for path in [
            \ChaosReport.kills, \.freezes, \.restarts, \.networkFaults, \.fullDisks, \.stalls, \.recoveries,
            \.idleFaults, \.rounds,
            \.records, \.results, \.acknowledged, \.lost, \.duplicated, \.unexpected, \.recovered,
        ] {
            sum[keyPath: path] += other[keyPath: path]
        }
        sum.diskRefusal = other.diskRefusal ?? one.diskRefusal
        sum.violations += other.violations
        return sum
    }
}
