import CPlatform
import Dispatch
import Foundation
package import RouteGridBase
import Synchronization

/// A named thread that waits in `zmq_poll` over its sockets and runs everything that touches them.
///
/// It is a `SerialExecutor`: an actor pinned to it (`unownedExecutor` returns `loop.asUnownedSerialExecutor()`) owns
/// its sockets, and the handlers it registers are called on its executor, synchronously, without a hop per message.
///
/// ```swift
/// let loop = try ZMQEventLoop(name: "coordinator")
/// try loop.runSync { … }                          // from any thread, waits
/// loop.submit { … }                               // from any thread, does not wait
/// loop.onReadable(socket) { messages in … }       // on the loop: at most `batch` messages a call
/// loop.every(.milliseconds(100)) { … }            // on the loop
/// loop.onTurnEnd { … }                            // on the loop: after the handlers of one wake
/// loop.stop()                                     // joins the thread
/// ```
///
/// The thread keeps the loop alive until ``stop()``. Jobs that reach a stopped loop run one after the other on a queue
/// of their own, so that actors pinned to it can still be taken apart.
package final class ZMQEventLoop: SerialExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private enum Phase { case running, stopping, stopped }

    private struct Inbox {
        var work: [Work] = []
        var phase = Phase.running
        /// The thread is in `zmq_poll` or about to enter it: adding work must wake it.
        var isAsleep = false
    }

    package let name: String
    private let inbox = LockedBox(Inbox())
    /// The thread that jobs run on now: the loop's, or the one that serves a stopped loop.
    ///
    /// 0 is none.
    private let owner = Atomic<UInt>(0)
    /// An eventfd, immutable.
    ///
    /// The kernel guards its counter.
    private let wakeup: Int32
    private let ended = DispatchGroup()
    private let stoppedQueue: DispatchQueue
    // These three are accessed on the loop's thread only.
    let watches: LoopWatches
    let timers = LoopTimers()
    private var turnEndHandlers: [() -> Void] = []

    /// Starts the thread.
    ///
    /// - Parameter name: of the thread, as `top -H` shows it; 15 bytes are kept.
    /// - Throws: `system` when the process has no file descriptors left.
    package init(name: String) throws(RouteGridError) {
        self.name = name
        wakeup = cplatform_eventfd()
        guard wakeup >= 0 else { throw ZMQFailure.system("making an eventfd", errno) }
        watches = LoopWatches(wakeup: wakeup)
        stoppedQueue = DispatchQueue(label: "\(name).stopped")
        ended.enter()
        let thread = Thread { [self] in
            cplatform_name_thread(name)
            serve()
            ended.leave()
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { cplatform_close(wakeup) }

    // MARK: From any thread

    package var isOnLoop: Bool { owner.load(ordering: .relaxed) == cplatform_thread_number() }

    package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    package func checkIsolated() { precondition(isOnLoop, "not on the event loop \(name)") }

    package func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    /// Runs a closure on the loop, soon; closures and jobs run in the order they were added.
    package func submit(_ body: @escaping @Sendable () -> Void) { add(.closure(body)) }

    /// Runs a closure on the loop and waits for it.
    ///
    /// On the loop itself it runs at once.
    package func runSync<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        if isOnLoop { return try body() }
        let done = DispatchSemaphore(value: 0)
        let outcome = LockedBox<Result<Value, any Error>?>(nil)
        submit {
            let result = Result { try body() }
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else { preconditionFailure("\(name) lost a closure") }
        return try result.get()
    }

    /// Runs a closure on the loop without blocking the calling thread.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Ends the thread after the work that was added before, and waits for its end unless called on the loop.
    package func stop() {
        let wasAsleep = inbox.withLock { inbox in
            if inbox.phase == .running { inbox.phase = .stopping }
            return inbox.isAsleep
        }
        if wasAsleep { cplatform_eventfd_wake(wakeup) }
        if !isOnLoop { ended.wait() }
    }

    private func add(_ work: Work) {
        enum Next { case nothing, wake, serveStopped }
        let next: Next = inbox.withLock { inbox in
            inbox.work.append(work)
            if inbox.phase == .stopped { return .serveStopped }
            guard inbox.isAsleep else { return .nothing }
            inbox.isAsleep = false
            return .wake
        }
        switch next {
        case .nothing: break
        case .wake: cplatform_eventfd_wake(wakeup)
        case .serveStopped: stoppedQueue.async { self.runStopped() }
        }
    }

    // MARK: On the loop

    /// Registers a closure to call after all handlers of one wake, such as one that flushes what they collected.
    package func onTurnEnd(_ handler: @escaping () -> Void) {
        checkIsolated()
        turnEndHandlers.append(handler)
    }

    private func serve() {
        owner.store(cplatform_thread_number(), ordering: .relaxed)
        while true {
            perform(inbox.withLock { inbox in takeWork(&inbox) })
            timers.fire()
            for handler in turnEndHandlers { handler() }
            let next = timers.millisecondsToNext()
            let wait: Int? = inbox.withLock { inbox in
                guard inbox.work.isEmpty else { return 0 }
                guard inbox.phase == .running else { return nil }
                inbox.isAsleep = true
                return next
            }
            guard let wait else { break }
            watches.poll(milliseconds: wait)
            inbox.withLock { $0.isAsleep = false }
            watches.deliver()
        }
        watches.removeAll()
        timers.removeAll()
        turnEndHandlers = []
        let leftovers = inbox.withLock { inbox in
            inbox.phase = .stopped
            return takeWork(&inbox)
        }
        perform(leftovers)
        owner.store(0, ordering: .relaxed)
    }

    private func runStopped() {
        // The queue for a stopped loop is serial, and the loop's thread has ended or is ending: wait for it, so that
        // only one thread owns the loop.
        ended.wait()
        owner.store(cplatform_thread_number(), ordering: .relaxed)
        perform(inbox.withLock { inbox in takeWork(&inbox) })
        owner.store(0, ordering: .relaxed)
    }

    private func takeWork(_ inbox: inout Inbox) -> [Work] {
        let work = inbox.work
        if !work.isEmpty { inbox.work = [] }
        return work
    }

    private func perform(_ work: [Work]) {
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let body): body()
            }
        }
    }
}
