import Foundation
import RouteGridBase

/// A place in the cluster that a process fills, and that is filled again when the process ends.
final class Seat {
    let name: String
    private let command: [String]
    private let logs: String
    private(set) var process: TrialProcess?
    /// How the process may end because of what was done to it.
    private var allowed: Set<TrialProcess.Status> = []
    /// When the place is filled again, while it is empty.
    private var startAt = ContinuousClock.now
    private var downFor: Duration = .zero
    private var stopBy: ContinuousClock.Instant?
    private var frozen: TrialProcess?

    init(_ name: String, _ command: [String], logs: String) {
        (self.name, self.command, self.logs) = (name, command, logs)
    }

    /// It has a process that nothing was done to yet.
    var isSteady: Bool { process != nil && allowed.isEmpty && frozen == nil }

    /// Kills it, frozen or not; false when there is nothing to kill.
    func kill(downFor pause: Duration) -> Bool {
        guard let process, process.poll() == nil else { return false }
        process.send(SIGKILL)
        allowed.insert(128 + SIGKILL)
        downFor = pause
        return true
    }

    func terminate() -> Bool {
        guard isSteady, let process else { return false }
        process.send(SIGTERM)
        allowed.insert(128 + SIGTERM)
        downFor = .zero
        stopBy = .now + .seconds(90)
        return true
    }

    func freeze() -> TrialProcess? {
        guard isSteady, let process else { return nil }
        process.send(SIGSTOP)
        frozen = process
        return process
    }

    func thaw(_ process: TrialProcess) {
        process.send(SIGCONT)
        if frozen === process { frozen = nil }
    }

    func thaw() { if let frozen { thaw(frozen) } }

    /// Starts what is to be started.
    ///
    /// - Parameter pardon: Whether an end that nothing was done for is no violation.
    /// - Throws: `system` when a process cannot be started.
    /// - Returns: A violation, when the process ended by itself or not in time.
    func tend(pardon: (TrialProcess.Status) -> Bool) throws(RouteGridError) -> String? {
        guard let running = process else {
            if ContinuousClock.now >= startAt { process = try TrialProcess(command, name: name, logs: logs) }
            return nil
        }
        if let stopBy, ContinuousClock.now >= stopBy, running.poll() == nil {
            _ = kill(downFor: .zero)
            self.stopBy = nil
            return "\(name) did not end within 90 s of SIGTERM"
        }
        guard let status = running.poll() else { return nil }
        defer {
            process = nil
            if frozen === running { frozen = nil }
            (allowed, stopBy) = ([], nil)
        }
        if allowed.contains(status) {
            startAt = .now + downFor
            return nil
        }
        startAt = .now + .milliseconds(500)
        if pardon(status) { return nil }
        return "\(name) ended by itself with \(status): \(running.lastLine.suffix(400))"
    }

    /// Stops it for good, in order; gives how it ended.
    func retire(within limit: Duration) -> TrialProcess.Status? {
        thaw()
        guard let process else { return nil }
        process.send(SIGTERM)
        return process.wait(limit)
    }
}
