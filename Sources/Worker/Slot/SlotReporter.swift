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
    /// Held while frames are taken and written, so that they leave in their order; whoever adds a result never waits
    /// for it.
    private let writing = NSLock()
    // `condition` guards the fields below.
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
        let frame = try SlotFrames.encode(body)
        let isDue = try locked { () throws(RouteGridError) in
            try closeBatch()
            outgoing.append(contentsOf: frame)
            if atOnce || outgoing.count > WireProtocol.batchSize { return true }
            leave(within: SlotReporter.patience)
            return false
        }
        if isDue { try write() }
    }

    private func locked<Value>(_ body: () throws(RouteGridError) -> Value) throws(RouteGridError) -> Value {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }

    /// Adds the result of a cell.
    func report(lease: LeaseID, cell: SlotCell, outcome: CellOutcome, facts: [UInt8]) throws {
        let blobSize = outcome.blobs.reduce(0) { $0 + $1.content.count }
        let isInline = blobSize <= SlotReporter.inlineLimit
        let key = try JobKey(field: cell.jobKey, "job_key")
        let expected = outcome.record.count + facts.count + blobSize + 256

        let isFull = try locked { () throws(RouteGridError) in
            guard items.count + expected + blobBytes > WireProtocol.batchSize else { return false }
            try closeBatch()
            return true
        }
        if isFull { try write() }
        condition.lock()
        defer { condition.unlock() }
        batch.leaseID = lease
        batch.cells.append(cell.cell)
        key.append(to: &jobKeys)
        outcome.resultDigest.append(to: &resultDigests)
        let fresh = isInline ? outcome.blobs.filter { inlined.insert($0.digest).inserted } : []
        ResultFrame.appendItem(
            cell: cell.cellID,
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
        while true {
            waitUntilDue()
            // Without a supervisor the inbox thread ends this process.
            do throws(RouteGridError) {
                try locked(closeBatch)
                try write()
            } catch { continue }
        }
    }

    private func waitUntilDue() {
        condition.lock()
        defer { condition.unlock() }
        while true {
            guard let time = due else {
                condition.wait()
                continue
            }
            if !condition.wait(until: time), due == time { break }
        }
        due = nil
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

    /// Writes what waits.
    private func write() throws(RouteGridError) {
        writing.lock()
        defer { writing.unlock() }
        condition.lock()
        let frames = outgoing
        outgoing = []
        outgoing.reserveCapacity(min(frames.capacity, 1 << 20))
        // What was added since the batch was closed keeps its time.
        if batch.cells.isEmpty { due = nil }
        condition.unlock()
        var sent = 0
        while sent < frames.count {
            let count = frames.withUnsafeBytes {
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
