import Foundation
import TestSupport
import Testing
import Worker

/// Slots of one coordinator share two files; these tests have files of their own.
@Suite(.timeLimit(.minutes(1))) struct MachineTurnTests {
    @Test func `tasks compute beside each other, a measurement alone`() throws {
        let folder = try TemporaryFolder()
        let (first, second, meter) = (turn(folder), turn(folder), turn(folder))
        first.enter()
        second.enter()
        #expect(!first.isAlone)
        first.leave()
        second.leave()
        meter.enterAlone(patience: .zero)
        #expect(meter.isAlone)
        meter.leave()
        #expect(!meter.isAlone)
    }

    @Test func `a measurement waits for a task that was begun, and a task for the measurement`() throws {
        let folder = try TemporaryFolder()
        let (task, meter) = (turn(folder), turn(folder))
        task.enter()
        let ended = Moments()
        let measuring = thread {
            let meter = turn(folder)
            meter.enterAlone(patience: .seconds(30))
            ended.note(meter.isAlone ? "alone" : "not alone")
            meter.leave()
        }
        // No new task begins while it waits.
        while !isShut(folder) { usleep(500) }
        let next = thread {
            let task = turn(folder)
            task.enter()
            ended.note("task")
            task.leave()
        }
        #expect(ended.notes == [])
        task.leave()
        measuring.wait()
        next.wait()
        #expect(ended.notes == ["alone", "task"])
        meter.enterAlone(patience: .zero)
        #expect(meter.isAlone)
    }

    @Test func `a task that does not end in time is not waited for, and the measurement is marked`() throws {
        let folder = try TemporaryFolder()
        let (task, meter) = (turn(folder), turn(folder))
        task.enter()
        meter.enterAlone(patience: .milliseconds(20))
        #expect(!meter.isAlone)
        meter.leave()
        task.leave()
    }

    @Test func `without a place for its files no task is alone and none waits`() {
        let meter = MachineTurn(files: "/no/such/folder/turn")
        meter.enter()
        meter.enterAlone()
        #expect(!meter.isAlone)
        meter.leave()
    }

    private func turn(_ folder: TemporaryFolder) -> MachineTurn { MachineTurn(files: folder.path("turn")) }

    /// Whether new tasks are kept out.
    private func isShut(_ folder: TemporaryFolder) -> Bool {
        let door = open(folder.path("turn.door"), O_RDWR | O_CLOEXEC)
        defer { close(door) }
        return flock(door, LOCK_SH | LOCK_NB) != 0
    }

    private func thread(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            body()
            ended.signal()
        }
        return ended
    }
}

/// What happened, in order, noted by several threads.
private final class Moments: @unchecked Sendable {
    private let lock = NSLock()
    // `lock` guards it.
    private var all: [String] = []

    func note(_ what: String) { lock.withLock { all.append(what) } }
    var notes: [String] { lock.withLock { all } }
}
