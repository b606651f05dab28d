package import RouteGridBase
package import Wire

/// What a slot process does with a task.
///
/// The real one is ``ExperimentExecutor``; tests bring their own.
package protocol CellExecutor: AnyObject {
    /// Waits until it may compute beside what else runs on the machine; no limit of time applies meanwhile.
    func enter(_ task: SlotTask)

    /// The task that was entered is over.
    func leave()

    /// Reads the data and fits.
    ///
    /// - Throws: `RouteGridError` whose code says whether trying again may help: `temporary` and `system` do.
    func prepare(_ task: SlotTask) throws

    /// Evaluates one cell of the task prepared last.
    func evaluate(_ cell: SlotCell) throws -> CellOutcome
}

extension CellExecutor {
    package func enter(_ task: SlotTask) {}
    package func leave() {}
}

/// The record of one cell, and what it names.
package struct CellOutcome: Sendable {
    package var resultDigest: Digest
    /// One JSON line without its line feed.
    package var record: [UInt8]
    package var blobs: [(digest: Digest, content: [UInt8])]

    package init(resultDigest: Digest, record: [UInt8], blobs: [(digest: Digest, content: [UInt8])] = []) {
        self.resultDigest = resultDigest
        self.record = record
        self.blobs = blobs
    }
}
