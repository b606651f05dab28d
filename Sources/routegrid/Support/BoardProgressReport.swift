import Aggregator
import Foundation
import RouteGridBase

/// The progress of making a board, on stderr: redrawn on a terminal, a line every five seconds elsewhere.
final class BoardProgressReport: Sendable {
    private struct State {
        var stage: BoardProgress.Stage?
        var begun = ContinuousClock.now
        var said = ContinuousClock.now
        var isDrawn = false
    }

    private let console: Console
    private let state = LockedBox(State())

    init(_ console: Console) { self.console = console }

    /// The progress object for the making of the board; `isCancelled` returns whether the board is no longer needed.
    func progress(isCancelled: @escaping @Sendable () -> Bool = { false }) -> BoardProgress {
        BoardProgress(isCancelled: isCancelled) { [self] count in update(count) }
    }

    private func update(_ count: BoardProgress.Count) {
        let (text, isDrawn) = state.withLock { state -> (String?, Bool) in
            let now = ContinuousClock.now
            if state.stage != count.stage { (state.stage, state.begun) = (count.stage, now) }
            let pause: Duration = console.drawsProgress ? .milliseconds(200) : .seconds(5)
            guard now - state.said >= pause, count.total > 0 else { return (nil, false) }
            state.said = now
            state.isDrawn = console.drawsProgress
            return (BoardProgressReport.text(count, seconds: (now - state.begun) / .seconds(1)), state.isDrawn)
        }
        guard let text else { return }
        if isDrawn { Console.writeError("\r\u{1B}[K\(text)") } else { console.note(text) }
    }

    /// Ends the line that was drawn.
    func finish() {
        let isDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if isDrawn { Console.writeError("\r\u{1B}[K") }
    }

    /// One line: `board: resampling rows · 120/904 · 31/s · ETA 0:26`.
    static func text(_ count: BoardProgress.Count, seconds: Double) -> String {
        var parts = ["board: \(count.stage.rawValue)", "\(count.done)/\(count.total)"]
        if count.done > 0, seconds > 0 {
            let rate = Double(count.done) / seconds
            parts.append(ProgressReport.rate(rate))
            if count.done < count.total {
                parts.append("ETA \(ProgressReport.duration(Double(count.total - count.done) / rate))")
            }
        }
        return parts.joined(separator: " · ")
    }
}
