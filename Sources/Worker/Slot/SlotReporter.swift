import CPlatform
import Foundation
import Glibc
import RouteGridBase
import SwiftProtobuf
import Wire

/// Sends a slot's messages to its supervisor.
///
/// Results of quick cells are sent together, also those of consecutive tasks. A thread of its own sends what has waited
/// long enough, so that a result does not wait for the next cell.
final class SlotReporter: @unchecked Sendable {
    /// Seconds that the end of a task waits for the end of the next: the supervisor sends more tasks when it receives
    /// it.
    static let patience = 0.002
    /// Seconds that a result waits for the next ones of its task: each message costs a sync of the coordinator's disk,
    /// which would take more processor time than a quick cell.
    static let resultDelay = 0.050
    /// Bytes of blobs that are sent inside a result; larger ones are sent beside it.
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
    /// Frames that were not written yet.
    private var outgoing: [UInt8] = []
    /// When waiting messages are due; nil when none wait.
    private var due: Date?

    init(descriptor: Int32) {
        self.descriptor = descriptor
        let thread = Thread { [self] in sendInTime() }
        thread.name = "slot-reporter"
        thread.start()
    }

    /// Sends a message that is no result, after the results before it; without `atOnce` it waits for further messages
    /// that are expected soon.
    func send(_ body: SlotEnvelope.OneOf_Body, atOnce: Bool = true) throws(RouteGridError) {
        condition.lock()
        defer { condition.unlock() }
        try closeBatch()
        outgoing.append(contentsOf: try SlotFrames.encode(body))
        if atOnce || outgoing.count > WireProtocol.batchSize {
            try write()
        } else {
            leave(within: SlotReporter.patience)
        }
    }

    /// Adds the result of a cell.
    func report(lease: UInt64, cell: SlotCell, outcome: CellOutcome, facts: [UInt8]) throws {
        let blobSize = outcome.blobs.reduce(0) { $0 + $1.content.count }
        let isInline = blobSize <= SlotReporter.inlineLimit
        let key = try Digest(field: cell.jobKey, "job_key")
        let expected = outcome.record.count + facts.count + blobSize + 256

        condition.lock()
        defer { condition.unlock() }
        if items.count + expected + blobBytes > WireProtocol.batchSize {
            try closeBatch()
            try write()
        }
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
        leave(within: SlotReporter.resultDelay)
    }

    /// Sets the time at which waiting messages are sent; an earlier one stays.
    private func leave(within seconds: Double) {
        let time = Date(timeIntervalSinceNow: seconds)
        if let due, due <= time { return }
        due = time
        condition.signal()
    }

    private func sendInTime() {
        condition.lock()
        while true {
            while due == nil { condition.wait() }
            while let time = due {
                if !condition.wait(until: time), due == time {
                    // The supervisor is gone: the inbox thread ends this process.
                    do throws(RouteGridError) {
                        try closeBatch()
                        try write()
                    } catch { due = nil }
                }
            }
        }
    }

    /// Encodes the added results as a frame.
    private func closeBatch() throws(RouteGridError) {
        guard !batch.cells.isEmpty else { return }
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
        outgoing.append(contentsOf: try SlotFrames.encode(.batch(full)))
    }

    private func write() throws(RouteGridError) {
        due = nil
        defer { outgoing.removeAll(keepingCapacity: outgoing.capacity <= 4 << 20) }
        var sent = 0
        while sent < outgoing.count {
            let count = outgoing.withUnsafeBytes {
                cplatform_send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            if count > 0 {
                sent += count
            } else if errno != EINTR {
                throw RouteGridError(.system, "the supervisor of this slot has ended")
            }
        }
    }
}
