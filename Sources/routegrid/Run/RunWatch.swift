import Foundation
import RouteGridBase
import Wire

/// What `run` checks while it waits for its coordinator: killed processes, signals, the state folder.
final class RunWatch {
    private let cluster: LocalCluster
    private let signals: SignalWatch
    private let console: Console
    private let stateFolder: String
    private var heard = ContinuousClock.now
    private var isTimeoutReported = false
    private var trouble: String?
    private var diskErrorReported: ContinuousClock.Instant?
    private(set) var report: RunReport?
    /// How often the coordinator was restarted.
    private(set) var replacements = 0

    init(_ cluster: LocalCluster, _ signals: SignalWatch, stateFolder: String, console: Console) {
        (self.cluster, self.signals, self.stateFolder, self.console) = (cluster, signals, stateFolder, console)
    }

    /// Checks once.
    ///
    /// - Returns: Whether the coordinator was replaced.
    /// - Throws: 128 and the signal's number when one was received; what ``LocalCluster/tend(done:)`` throws.
    func look() throws(RouteGridError) -> Bool {
        if let signal = signals.received {
            if console.drawsProgress { Console.writeError("\n") }
            let done = report.map { "\($0.done) of \($0.cells) cells are recorded; " } ?? ""
            throw RouteGridError(
                RouteGridError.Code(name: "stopped", exitCode: 128 + signal),
                "stopped by \(SignalWatch.name(signal)): \(done)the same command continues the run"
            )
        }
        let isReplaced = try cluster.tend(done: report?.done)
        if isReplaced { replacements += 1 }
        guard access(stateFolder + "/records.sqlite", F_OK) == 0 || report == nil else {
            throw LocalCluster.lost(stateFolder)
        }
        if ContinuousClock.now - heard > .seconds(10), !isTimeoutReported {
            isTimeoutReported = true
            console.warn("no answer from the coordinator for 10 s; its process runs, so the run waits")
        }
        return isReplaced
    }

    /// An answer of the coordinator was received.
    func hear(_ report: RunReport) {
        self.report = report
        heard = .now
        isTimeoutReported = false
        reportDisk(report.storeError)
    }

    /// Reports when results cannot be written, and when they can again.
    private func reportDisk(_ new: String?) {
        guard (new == nil) != (trouble == nil) else { return }
        let now = ContinuousClock.now
        // When the disk is full on and off, not every change is reported.
        if new != nil, let diskErrorReported, now - diskErrorReported < .seconds(10) { return }
        trouble = new
        if let new {
            diskErrorReported = now
            console.warn("\(new): results wait at their workers, and the run goes on once there is room")
        } else {
            console.note("results are written again: the run goes on")
        }
    }
}
