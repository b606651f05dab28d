/// A change of the data on disk.
package protocol DurableChange: Sendable {
    /// Whether it is a result of a worker, which keeps it until it is acknowledged.
    var isResult: Bool { get }
}

/// Which changes are being written, which wait, and what the owner may do meanwhile.
///
/// One batch is committed at a time; what arrives meanwhile shares the next sync. Nothing is acknowledged or answered
/// before its batch is on disk. On a full disk results are dropped, because their workers keep them and send them
/// again; all other changes wait until a probe succeeds.
///
/// It has no clock, no disk and no sockets: the coordinator and the simulation drive the same queue.
package struct CommitQueue<Change: DurableChange, Route: Hashable & Sendable, Key: Sendable, Answer: Sendable>: Sendable
{
    package typealias Receipt = CommitReceipt<Route, Key>

    /// Changes that go to disk in one transaction.
    package struct Batch: Sendable {
        package fileprivate(set) var changes: [Change] = []
        /// For the results among `changes`, in order.
        package fileprivate(set) var receipts: [Receipt] = []
        /// Sent once the batch is on disk.
        package fileprivate(set) var answers: [Answer] = []
        /// Bytes of the messages that carried the results.
        package fileprivate(set) var byteCount = 0

        package init() {}

        package var isEmpty: Bool { changes.isEmpty && answers.isEmpty }
    }

    package enum State: Hashable, Sendable {
        case idle
        /// A batch is being written.
        case committing
        /// The disk was full at the last write.
        case stalled
        /// As `stalled`, while a small write tests whether the disk is still full.
        case probing
    }

    package private(set) var state = State.idle
    /// The next batch.
    package private(set) var waiting = Batch()
    /// Bytes of results that may wait before reading should pause.
    private let byteLimit: Int

    package init(byteLimit: Int = .max) { self.byteLimit = byteLimit }

    /// Whether results are dropped because the disk is full.
    package var isStalled: Bool { state == .stalled || state == .probing }
    /// Whether so much waits that reading should pause.
    package var isFull: Bool { waiting.byteCount >= byteLimit }
    /// Whether nothing waits and nothing is being written.
    package var isSettled: Bool { state == .idle && waiting.isEmpty }

    package mutating func add(_ change: Change) { waiting.changes.append(change) }

    /// Adds the receipt of results that were added before it.
    package mutating func add(_ receipt: Receipt, byteCount: Int = 0) {
        waiting.receipts.append(receipt)
        waiting.byteCount += byteCount
    }

    /// Adds an answer to send once everything added so far is on disk.
    package mutating func add(answer: Answer) { waiting.answers.append(answer) }

    /// The next batch to write; nil while one is being written, while the disk is full, and when nothing waits.
    package mutating func begin() -> Batch? {
        guard state == .idle, !waiting.isEmpty else { return nil }
        state = .committing
        defer { waiting = Batch() }
        return waiting
    }

    /// The batch is on disk: its receipts are acknowledged and its answers sent.
    package mutating func written() {
        precondition(state == .committing, "no batch is on its way")
        state = .idle
    }

    /// The disk is full and nothing of the batch is on it: all but its results waits again, before what came meanwhile.
    package mutating func refused(_ batch: Batch) {
        precondition(state == .committing, "no batch is on its way")
        state = .stalled
        var kept = Batch()
        kept.changes = (batch.changes + waiting.changes).filter { !$0.isResult }
        kept.answers = batch.answers + waiting.answers
        waiting = kept
    }

    /// Whether a probe should be written now.
    package mutating func beginProbe() -> Bool {
        guard state == .stalled else { return false }
        state = .probing
        return true
    }

    /// A probe ended.
    package mutating func probed(isWritable: Bool) {
        precondition(state == .probing, "no probe is on its way")
        state = isWritable ? .idle : .stalled
    }
}
