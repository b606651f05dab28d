/// The result of one history.
package struct SimulationReport: Sendable {
    package var seed: UInt64
    package var workers = 0
    package var cells = 0
    /// Events that the world handled.
    package var events = 0
    package var virtualMilliseconds: Int64 = 0
    package var commits = 0
    package var coordinatorCrashes = 0
    package var workerCrashes = 0
    /// Cells that were started, by all workers together, repetitions included.
    package var executions = 0
    package var records = 0

    // The total-queue checker: what was acknowledged against what is on disk.
    /// Acknowledged records that are not on disk.
    package var lost = 0
    /// Keys with more than one record, or acknowledged as new more than once.
    package var duplicated = 0
    /// Records of no submitted cell, or of another result than the one acknowledged first.
    package var unexpected = 0
    /// Results that were received again and found recorded.
    package var recovered = 0

    /// FNV-1a over the trace.
    package var traceHash: UInt64 = 0
    /// The trace, if it was kept: eight bytes a word.
    package var trace: [UInt8] = []
    /// The violations, in words; empty when there are none.
    package var violations: [String] = []

    package var isGood: Bool { violations.isEmpty && lost == 0 && duplicated == 0 && unexpected == 0 }

    /// The command that runs this history again.
    package var replay: String { "routegrid selftest --seed \(seed) --histories 1" }

    init(seed: UInt64) { self.seed = seed }
}
