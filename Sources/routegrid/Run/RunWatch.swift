import Foundation
import RouteGridBase

/// What `run` looks after while it waits for its coordinator: processes that were killed, signals, the state folder.
final class RunWatch {
    private let cluster: LocalCluster
    private let signals: SignalWatch
    private let console: Console
    private let stateFolder: String
    private var heard = ContinuousClock.now
    private var isSilenceSaid = false
    private var trouble: String?
    private var troubleSaid: ContinuousClock.Instant?
    private(set) var report: RunReport?
    /// How often the coordinator was started again.
    private(set) var replacements = 0

    init(_ cluster: LocalCluster, _ signals: SignalWatch, stateFolder: String, console: Console) {
        (self.cluster, self.signals, self.stateFolder, self.console) = (cluster, signals, stateFolder, console)
    }

    /// Looks once.
    ///
    /// - Returns: Whether the coordinator is another process now.
    /// - Throws: 128 and the signal's number when one came; what ``LocalCluster/tend(done:)`` throws.
    func look() throws(RouteGridError) -> Bool {
        if let signal = signals.received {
            if console.drawsProgress { Console.writeError("\n") }
            let done = report.map { "\($0.done) of \($0.cells) cells are recorded; " } ?? ""
            throw RouteGridError(
                RouteGridError.Code(name: "stopped", exitCode: 128 + signal),
                "stopped by \(SignalWatch.name(signal)): \(done)the same command goes on with the rest"
            )
        }
        let isReplaced = try cluster.tend(done: report?.done)
        if isReplaced { replacements += 1 }
        guard access(stateFolder + "/records.sqlite", F_OK) == 0 || report == nil else {
            throw LocalCluster.lost(stateFolder)
        }
        if ContinuousClock.now - heard > .seconds(10), !isSilenceSaid {
            isSilenceSaid = true
            console.warn("the coordinator does not answer; it still runs, and is waited for")
        }
        return isReplaced
    }

    /// The coordinator answered.
    func hear(_ report: RunReport) {
        self.report = report
        heard = .now
        isSilenceSaid = false
        tellOfDisk(report.storeTrouble)
    }

    /// Says when results cannot be written, and when they can again.
    private func tellOfDisk(_ new: String?) {
        guard (new == nil) != (trouble == nil) else { return }
        let now = ContinuousClock.now
        // Where a little room comes and goes, it is not said each time.
        if new != nil, let troubleSaid, now - troubleSaid < .seconds(10) { return }
        trouble = new
        if let new {
            troubleSaid = now
            console.warn("\(new): results wait at their workers, and the run goes on once there is room")
        } else {
            console.note("results are written again: the run goes on")
        }
    }
}
