import Coordinator
import Foundation

/// The progress of a restore on stderr: redrawn on a terminal, a line every five seconds elsewhere.
final class RestoreReport {
    private let console: Console
    private let start = ContinuousClock.now
    private var said: ContinuousClock.Instant
    private var isDrawn = false

    init(_ console: Console) {
        self.console = console
        said = start
    }

    func update(_ progress: RestoreProgress) {
        let now = ContinuousClock.now
        guard now - said >= (console.drawsProgress ? .milliseconds(200) : .seconds(5)) else { return }
        said = now
        let text = Self.text(progress, seconds: (now - start) / .seconds(1))
        if console.drawsProgress {
            Console.writeError("\r\u{1B}[K\(text)")
            isDrawn = true
        } else {
            console.note(text)
        }
    }

    /// Ends the line that was drawn.
    func finish() {
        if isDrawn { Console.writeError("\n") }
        isDrawn = false
    }

    /// One line: `restoring · 81920 records · 8% · 40960/s · ETA 0:22`.
    static func text(_ progress: RestoreProgress, seconds: Double) -> String {
        var parts = ["restoring", "\(progress.records) records"]
        guard progress.totalBytes > 0, progress.readBytes > 0, seconds > 0 else {
            return parts.joined(separator: " · ")
        }
        let share = Double(progress.readBytes) / Double(progress.totalBytes)
        parts.append("\(Int(share * 100))%")
        parts.append(String(format: "%.0f/s", Double(progress.records) / seconds))
        parts.append("ETA \(ProgressReport.duration(seconds / share * (1 - share)))")
        return parts.joined(separator: " · ")
    }
}
