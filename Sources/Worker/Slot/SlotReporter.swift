import CPlatform
import Foundation
import Glibc
import RouteGridBase
import SwiftProtobuf
import Wire

/// What a slot says to its supervisor.
///
/// Results of quick cells leave together. A thread of its own sends what has waited for ``patience``, so that a result
/// does not wait for the cell after it.
final class SlotReporter: @unchecked Sendable {
    static let patience = 0.002
    /// Bytes of blobs that travel inside a result; larger ones go beside it.
    static let inlineLimit = 256 << 10

    private let descriptor: Int32
    // `condition` guards the fields below and writing to the descriptor.
    private let condition = NSCondition()
    private var batch = SlotBatch()
    private var jobKeys: [UInt8] = []
    private var resultDigests: [UInt8] = []
    /// Blobs inside the batch: neighbouring cells often name the same.
    private var inlined: Set<Digest> = []
    private var items: [UInt8] = []
    private var blobBytes = 0
    private var waitingSince: Date?

    init(descriptor: Int32) {
        self.descriptor = descriptor
        let thread = Thread { [self] in sendInTime() }
        thread.name = "slot-reporter"
        thread.start()
    }

    /// Says something that is no result, after the results before it.
    func send(_ body: SlotEnvelope.OneOf_Body) throws(RouteGridError) {
        condition.lock()
        defer { condition.unlock() }
        try sendBatch()
        try write(body)
    }

    /// Adds the result of a cell.
    func report(lease: UInt64, cell: SlotCell, outcome: CellOutcome, facts: [UInt8]) throws {
        let blobSize = outcome.blobs.reduce(0) { $0 + $1.content.count }
        let isInline = blobSize <= SlotReporter.inlineLimit
        let key = try Digest(field: cell.jobKey, "job_key")
        let expected = outcome.record.count + facts.count + blobSize + 256

        condition.lock()
        defer { condition.unlock() }
        if items.count + expected + blobBytes > WireProtocol.batchSize { try sendBatch() }
        batch.lease = lease
        batch.cells.append(cell.cell)
        key.append(to: &jobKeys)
        outcome.resultDigest.append(to: &resultDigests)
        let fresh = isInline ? outcome.blobs.filter { inlined.insert($0.digest).inserted } : []
        ResultFrame.appendItem(
            cell: cell.cell,
            jobKey: key,
            resultDigest: outcome.resultDigest,
            record: outcome.record,
            run: facts,
            blobs: outcome.blobs.map(\.digest),
            inline: fresh.map(\.content),
            to: &items
        )
        if !isInline {
            blobBytes += blobSize
            for blob in outcome.blobs {
                var part = SlotBlob()
                part.sha = blob.digest.data
                part.content = Data(blob.content)
                batch.blobs.append(part)
            }
        }
        guard waitingSince == nil else { return }
        waitingSince = Date()
        condition.signal()
    }

    private func sendInTime() {
        condition.lock()
        while true {
            while waitingSince == nil { condition.wait() }
            while let since = waitingSince {
                let due = since.addingTimeInterval(SlotReporter.patience)
                if !condition.wait(until: due), waitingSince == since {
                    // The supervisor is gone: the inbox thread ends this process.
                    do throws(RouteGridError) { try sendBatch() } catch { waitingSince = nil }
                }
            }
        }
    }

    private func sendBatch() throws(RouteGridError) {
        guard waitingSince != nil else { return }
        waitingSince = nil
        batch.jobKeys = Data(jobKeys)
        batch.resultShas = Data(resultDigests)
        batch.items = Data(items)
        let full = batch
        batch = SlotBatch()
        jobKeys.removeAll(keepingCapacity: true)
        resultDigests.removeAll(keepingCapacity: true)
        inlined.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
        blobBytes = 0
        try write(.batch(full))
    }

    private func write(_ body: SlotEnvelope.OneOf_Body) throws(RouteGridError) {
        let frame = try SlotFrames.encode(body)
        var sent = 0
        while sent < frame.count {
            let count = frame.withUnsafeBytes {
                cplatform_send(descriptor, $0.baseAddress?.advanced(by: sent), frame.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                throw RouteGridError(.system, "the supervisor of this slot is gone")
            }
        }
    }
}
