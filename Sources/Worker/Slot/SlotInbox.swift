import Foundation
import Glibc
import RouteGridBase
import Wire

/// What the supervisor said, read by a thread of its own so that the thread that computes never waits for it.
///
/// The end of the conversation ends the process: a slot has no reason to outlive its supervisor.
final class SlotInbox: @unchecked Sendable {
    // `condition` guards everything below.
    private let condition = NSCondition()
    private var tasks: [SlotTask] = []
    private var skipped: Set<UInt64> = []
    private var skipsAll = false
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
        skipped = []
        skipsAll = false
        return tasks.removeFirst()
    }

    /// Whether the supervisor took a cell of the current task back, or everything.
    func isSkipped(_ cell: UInt64) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return isEnded || skipsAll || skipped.contains(cell)
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
            if skip.cells.isEmpty { skipsAll = true } else { skipped.formUnion(skip.cells) }
        default: break
        }
    }
}
