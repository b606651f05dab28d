import Foundation
import Glibc
import RouteGridBase
import Wire

/// Messages from the supervisor, read by a thread of its own so that the computing thread never waits for them.
///
/// End of file ends the process: a slot has no reason to outlive its supervisor.
final class SlotInbox: @unchecked Sendable {
    // `condition` guards everything below.
    private let condition = NSCondition()
    private var tasks: [SlotTask] = []
    private var current = LeaseID(0)
    /// Revoked cells, by lease; an empty set is all of them.
    private var skips: [LeaseID: Set<CellID>] = [:]
    private var isEnded = false

    init(descriptor: Int32) {
        let thread = Thread { [self] in
            serve(descriptor)
            condition.lock()
            isEnded = true
            condition.signal()
            condition.unlock()
        }
        thread.name = "slot-inbox"
        thread.start()
    }

    /// The next task, or nil when the supervisor is gone.
    func nextTask() -> SlotTask? {
        condition.lock()
        defer { condition.unlock() }
        while tasks.isEmpty && !isEnded { condition.wait() }
        guard !isEnded else { return nil }
        skips[current] = nil
        let task = tasks.removeFirst()
        current = task.leaseID
        return task
    }

    /// Whether another task waits.
    var hasNext: Bool {
        condition.lock()
        defer { condition.unlock() }
        return !tasks.isEmpty
    }

    /// Whether the supervisor revoked the whole current task.
    var isSkipped: Bool {
        condition.lock()
        defer { condition.unlock() }
        return isEnded || skips[current]?.isEmpty == true
    }

    /// Whether the supervisor revoked a cell of the current task, or all of it.
    func isSkipped(_ cell: CellID) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard !isEnded else { return true }
        guard let skipped = skips[current] else { return false }
        return skipped.isEmpty || skipped.contains(cell)
    }

    private func serve(_ descriptor: Int32) {
        var frames = SlotFrames()
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                frames.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                do { while let envelope = try frames.next() { take(envelope) } } catch { return }
            }
        }
    }

    private func take(_ envelope: SlotEnvelope) {
        condition.lock()
        defer { condition.unlock() }
        switch envelope.body {
        case .task(let task):
            tasks.append(task)
            condition.signal()
        case .skip(let skip):
            guard skip.leaseID == current || tasks.contains(where: { $0.leaseID == skip.leaseID }) else { break }
            if skip.cells.isEmpty {
                skips[skip.leaseID] = []
            } else if skips[skip.leaseID]?.isEmpty != true {
                skips[skip.leaseID, default: []].formUnion(skip.cellIDs)
            }
        default: break
        }
    }
}
