package import RouteGridBase
package import Wire

/// How a slot process executes a task.
///
/// The real one is ``ExperimentExecutor``; tests supply their own.
package protocol CellExecutor: AnyObject {
    /// Waits until the task may run beside others on the machine; no timeout applies meanwhile.
    func enter(_ task: SlotTask)

    /// Ends the task that was entered.
    func leave()

    /// Reads the data and fits.
    ///
    /// - Throws: `RouteGridError` whose code states whether a retry may help: `temporary` and `system` do.
    func prepare(_ task: SlotTask) throws

    /// Evaluates one cell of the task prepared last.
    func evaluate(_ cell: SlotCell) throws -> CellOutcome
}

extension CellExecutor {
    package func enter(_ task: SlotTask) {}
    package func leave() {}
}

/// The record of one cell, and the blobs it names.
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
