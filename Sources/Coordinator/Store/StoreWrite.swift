package import Grid
package import RouteGridBase
package import Scheduling

/// A result as a worker sent it, checked, to be stored.
///
/// Its bytes are slices of the message that carried it.
package struct ResultRow: Hashable, Sendable {
    package var run: RunID
    package var cell: CellID
    package var jobKey: JobKey
    package var resultDigest: Digest
    /// The record: one JSON line without its line feed.
    package var body: ArraySlice<UInt8>
    /// Facts of the execution, one JSON line; never hashed.
    package var runInfo: ArraySlice<UInt8>
    /// Blobs inside the message; they are committed with the record that names them.
    package var blobs: [InlineBlob]
    package var worker: String
    /// The configuration that the record read on test, when the store may not have it yet.
    package var testRead: TestRead?
    /// The blob that the record names: without it the record is not stored.
    package var choices: Digest?
    /// Whether the record is of a measurement.
    package var isLatency: Bool
    /// Whether it came with the key that the coordinator leaves for processes of its own user, who can write the store
    /// itself: checking it would protect nothing.
    package var isOwn: Bool
    /// Who computed it, when its cell is audited.
    package var audit: ResultAudit?

    package struct InlineBlob: Hashable, Sendable {
        package var digest: Digest
        package var bytes: ArraySlice<UInt8>
        package init(digest: Digest, bytes: ArraySlice<UInt8>) {
            self.digest = digest
            self.bytes = bytes
        }
    }

    package init(
        run: RunID,
        cell: CellID,
        jobKey: JobKey,
        resultDigest: Digest,
        body: ArraySlice<UInt8>,
        runInfo: ArraySlice<UInt8>,
        blobs: [InlineBlob] = [],
        worker: String,
        testRead: TestRead? = nil,
        choices: Digest? = nil,
        isLatency: Bool = false,
        isOwn: Bool = false,
        audit: ResultAudit? = nil
    ) {
        self.run = run
        self.cell = cell
        self.jobKey = jobKey
        self.resultDigest = resultDigest
        self.body = body
        self.runInfo = runInfo
        self.blobs = blobs
        self.worker = worker
        self.testRead = testRead
        self.choices = choices
        self.isLatency = isLatency
        self.isOwn = isOwn
        self.audit = audit
    }
}

/// What a result means for the audit of its cell.
package struct ResultAudit: Hashable, Sendable {
    package let origin: ResultOrigin
    /// Whether it may decide between others.
    package let isTrusted: Bool
    /// Whether the sample has its cell: its first record begins an audit.
    package let isSampled: Bool

    package init(origin: ResultOrigin, isTrusted: Bool, isSampled: Bool) {
        (self.origin, self.isTrusted, self.isSampled) = (origin, isTrusted, isSampled)
    }
}

extension ResultRow {
    /// The execution that it is, for its audit.
    package func execution(_ audit: ResultAudit) -> AuditedCell.Execution {
        AuditedCell.Execution(origin: audit.origin, worker: worker, result: resultDigest)
    }

    /// The audit that it begins when it is the first record of its key.
    package var begunAudit: AuditedCell? {
        guard let audit, audit.isSampled else { return nil }
        return AuditedCell(run: run, cell: cell, jobKey: jobKey, executions: [execution(audit)])
    }
}

/// The outcome of a batch of changes.
package struct CommitOutcome: Hashable, Sendable {
    /// One for every `.result` of the batch, in order.
    package var verdicts: [CommitVerdict] = []
    /// The places in the stream of all records of those that were new, in order.
    package var places: [UInt64] = []

    package init(verdicts: [CommitVerdict] = [], places: [UInt64] = []) {
        (self.verdicts, self.places) = (verdicts, places)
    }
}

/// One change of the store.
///
/// Changes of one batch are committed together or not at all.
package enum StoreWrite: DurableChange {
    case result(ResultRow)
    /// Cells found recorded when a run reached them.
    case reused(RunID, cells: [CellID])
    case exception(RunID, cell: CellID, CellException?, log: [UInt8]?)
    case runState(RunID, RunState, reason: String)
    case runPriority(RunID, Int)
    /// The frozen selection of a run, which begins its second stage: kept as a blob.
    case selection(RunID, Digest, [UInt8])
    /// Cells that a key was granted: on disk before their lease is sent.
    case granted(Grant)
    /// Another execution of an audited cell; where it decides, the difference is no divergence any more.
    case audited(AuditedCell)
    /// A record that an audit showed to be right takes the place of the one that was wrong, at the end of the stream.
    case replaced(ResultRow)
    case audit(actor: String, action: String, detail: String)

    package var isResult: Bool { if case .result = self { true } else { false } }
}
