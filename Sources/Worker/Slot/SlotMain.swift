import Foundation
import RouteGridBase
import Wire

/// The main loop of a slot process: sends its class, then runs one task after the other until the supervisor is gone.
package final class SlotMain {
    /// The inherited descriptors of a slot's connection and of its progress page.
    package static let connectionDescriptor: Int32 = 3
    package static let progressDescriptor: Int32 = 4

    private let inbox: SlotInbox
    private let reporter: SlotReporter
    private let progress: ProgressPage
    private let executor: any CellExecutor

    package init(descriptor: Int32, progress: ProgressPage, executor: any CellExecutor) {
        inbox = SlotInbox(descriptor: descriptor)
        reporter = SlotReporter(descriptor: descriptor)
        self.progress = progress
        self.executor = executor
    }

    /// Returns when the supervisor is gone.
    ///
    /// - Parameter numerics: the class text of this process.
    /// - Throws: `system` when the supervisor went away in the middle of a message.
    package func run(numerics: String) throws {
        var ready = SlotReady()
        ready.numerics = numerics
        try reporter.send(.ready(ready))
        while let task = inbox.nextTask() {
            if !inbox.isSkipped { try run(task) }
            progress.begin(.idle)
            var finished = SlotFinished()
            finished.leaseID = task.leaseID
            // The messages of consecutive tasks are sent together.
            try reporter.send(.finished(finished), atOnce: !inbox.hasNext)
        }
    }

    private func run(_ task: SlotTask) throws {
        progress.begin(.idle)
        executor.enter(task)
        defer { executor.leave() }
        progress.begin(.fit(lease: task.leaseID))
        let clock = ContinuousClock()
        let begun = clock.now
        do { try executor.prepare(task) } catch { return try fail(task, nil, error) }
        let fitSeconds = (clock.now - begun) / .seconds(1)
        if fitSeconds > 0.01 {
            var fitted = SlotFitted()
            fitted.leaseID = task.leaseID
            fitted.seconds = fitSeconds
            try reporter.send(.fitted(fitted))
        }

        var facts = RunFacts(attempt: task.attempt, worker: task.worker, fitSeconds: fitSeconds)
        for cell in task.cells where !inbox.isSkipped(cell.cellID) {
            progress.begin(.cell(cell.cellID, lease: task.leaseID))
            var started = timespec()
            clock_gettime(CLOCK_REALTIME, &started)
            let start = clock.now
            let outcome: CellOutcome
            do { outcome = try executor.evaluate(cell) } catch {
                try fail(task, cell.cellID, error)
                continue
            }
            let line = facts.line(
                jobKey: cell.jobKey,
                started: started,
                evaluationSeconds: (clock.now - start) / .seconds(1)
            )
            try reporter.report(lease: task.leaseID, cell: cell, outcome: outcome, facts: line)
        }
    }

    private func fail(_ task: SlotTask, _ cell: CellID?, _ error: any Error) throws {
        var failed = SlotCellFailed()
        failed.leaseID = task.leaseID
        if let cell { failed.cellID = cell }
        let known = error as? RouteGridError
        failed.text = known?.message ?? String(describing: error)
        failed.retryable = known.map { $0.code == .temporary || $0.code == .system } ?? true
        try reporter.send(.cellFailed(failed))
    }
}
