import Foundation
import RouteGridBase

/// Submits grids one after the other to a cluster under faults, and runs each undisturbed beside it.
///
/// Two threads of its own start all processes of it.
final class ChaosWorkload: Sendable {
    private struct State {
        var isEnding = false
        /// Rounds begun, and rounds that the undisturbed runs are through with.
        var begun = 0
        var calm = 0
        var isOver = false
        var violations: [String] = []
    }

    private let options: ChaosOptions
    private let url: String
    private let logs: String
    private let deadline: ContinuousClock.Instant
    private let state = LockedBox(State())

    init(_ options: ChaosOptions, url: String) {
        (self.options, self.url) = (options, url)
        logs = options.folder + "/logs"
        deadline = .now + options.faultTime + options.healLimit
        Thread { self.disturbedRounds() }.start()
        Thread { self.calmRounds() }.start()
    }

    /// No further round is begun.
    func end() { state.withLock { $0.isEnding = true } }

    /// All rounds that were begun are through, in both ways.
    var isOver: Bool { state.withLock { $0.isOver && $0.calm == $0.begun } }
    var rounds: Int { state.withLock { $0.begun } }
    var violations: [String] { state.withLock { $0.violations } }

    func grid(_ round: Int) -> String { "\(options.folder)/grid-\(round).yaml" }
    func board(_ round: Int) -> String { "\(options.folder)/board-\(round)" }
    func calmBoard(_ round: Int) -> String { "\(options.folder)/calm-\(round)" }

    private func violate(_ text: String) {
        state.withLock { $0.violations.append(text) }
        options.say("violation: \(text)")
    }

    private func disturbedRounds() {
        defer { state.withLock { $0.isOver = true } }
        while !state.withLock({ $0.isEnding }) {
            let round = state.withLock { $0.begun }
            guard (try? Data(options.grid(round).utf8).write(to: URL(fileURLWithPath: grid(round)))) != nil else {
                return violate("\(grid(round)) cannot be written")
            }
            state.withLock { $0.begun += 1 }
            guard let submitted = insist("submit", ["submit", grid(round)], patience: .seconds(60)) else { return }
            let run = submitted.trimmingCharacters(in: .whitespacesAndNewlines)
            options.say("round \(round) is run \(run)")
            let wait = ["wait", run, "--out", board(round), "--quiet"]
            guard insist("wait", wait, patience: options.healLimit) != nil else { return }
            options.say("round \(round) is through")
        }
    }

    /// Runs a command until it succeeds: one that cannot reach the coordinator is tried again.
    private func insist(_ name: String, _ words: [String], patience: Duration) -> String? {
        while ContinuousClock.now < deadline {
            do {
                let command = [options.routegrid] + words + ["--connect", url, "--insecure-plaintext"]
                let process = try TrialProcess(command, name: name, logs: logs)
                let status = process.wait(patience)
                if status == 0 { return process.output }
                guard [69, 75, 128 + SIGKILL].contains(status) else {
                    violate("\(words.prefix(2)) ended with \(status): \(process.lastLine.suffix(400))")
                    return nil
                }
            } catch {
                violate("\(error)")
                return nil
            }
        }
        violate("\(words.prefix(2)) was not done in time")
        return nil
    }

    private func calmRounds() {
        while true {
            let (next, begun, isOver) = state.withLock { ($0.calm, $0.begun, $0.isOver) }
            guard next < begun else {
                if isOver { return }
                usleep(50_000)
                continue
            }
            let stateFolder = "\(options.folder)/calm-state"
            try? FileManager.default.removeItem(atPath: stateFolder)
            // At a lower priority: it shall not slow down what it is compared with.
            let words = [
                "run", grid(next), "--workers", "1", "--state", stateFolder, "--out", calmBoard(next), "--quiet",
            ]
            do {
                let command = ["/usr/bin/nice", "-n", "10", options.routegrid] + words
                let process = try TrialProcess(command, name: "calm", logs: logs)
                let status = process.wait(options.healLimit)
                if status != 0 { violate("the undisturbed run ended with \(status): \(process.lastLine.suffix(400))") }
            } catch { violate("\(error)") }
            state.withLock { $0.calm += 1 }
        }
    }
}
