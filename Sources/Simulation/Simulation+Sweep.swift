import Dispatch
import Foundation
import RouteGridBase

/// The totals of many histories.
package struct SweepReport: Sendable {
    package var histories = 0
    package var events = 0
    package var virtualMilliseconds: Int64 = 0
    package var commits = 0
    package var coordinatorCrashes = 0
    package var workerCrashes = 0
    package var executions = 0
    package var records = 0
    package var lost = 0
    package var duplicated = 0
    package var unexpected = 0
    package var recovered = 0
    package var seconds = 0.0
    /// The first histories that failed, by seed.
    package var failures: [SimulationReport] = []
    package var failureCount = 0

    mutating func add(_ report: SimulationReport) {
        histories += 1
        events += report.events
        virtualMilliseconds += report.virtualMilliseconds
        commits += report.commits
        coordinatorCrashes += report.coordinatorCrashes
        workerCrashes += report.workerCrashes
        executions += report.executions
        records += report.records
        lost += report.lost
        duplicated += report.duplicated
        unexpected += report.unexpected
        recovered += report.recovered
        guard !report.isGood else { return }
        failureCount += 1
        failures.append(report)
        failures = Array(failures.sorted { $0.seed < $1.seed }.prefix(10))
    }
}

extension Simulation {
    /// Simulates a history for each seed, on as many threads as there are cores; blocks until all have ended.
    ///
    /// - Parameters:
    ///   - seeds: one history each.
    ///   - options: the same for all.
    ///   - progress: called on any thread after each history, with the number of those that have ended.
    /// - Returns: the sums, and the first histories that failed.
    package static func sweep(
        seeds: Range<UInt64>,
        options: SimulationOptions = SimulationOptions(),
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> SweepReport {
        let total = LockedBox(SweepReport())
        let start = Date()
        DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
            let report = run(seed: seeds.lowerBound + UInt64(index), options: options)
            let over = total.withLock { sum in
                sum.add(report)
                return sum.histories
            }
            progress(over)
        }
        var report = total.withLock { $0 }
        report.seconds = Date().timeIntervalSince(start)
        return report
    }
}
