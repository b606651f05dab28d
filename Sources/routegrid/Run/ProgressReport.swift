import Foundation

/// How far a run is, on stderr: a bar that is drawn again on a terminal, a line now and then elsewhere.
struct ProgressReport {
    private let console: Console
    private let start = ContinuousClock.now
    /// (seconds since the start, cells computed) of the last half minute.
    private var samples: [(time: Double, done: Int)] = []
    private var lastLine: (time: Double, text: String)?
    private var isBarShown = false

    init(_ console: Console) { self.console = console }

    mutating func update(_ report: RunReport) {
        let time = (ContinuousClock.now - start) / .seconds(1)
        samples.append((time, report.done - report.reused))
        samples.removeAll { $0.time < time - 30 }
        let text = ProgressReport.text(report, rate: rate)
        if console.drawsProgress {
            Console.writeError("\r\u{1B}[K" + ProgressReport.bar(report, width: 24) + " " + text)
            isBarShown = true
        } else if let last = lastLine {
            guard last.text != text, time - last.time >= 5 else { return }
            say(text, at: time)
        } else {
            say(text, at: time)
        }
    }

    /// Ends the bar's line.
    mutating func finish(_ report: RunReport) {
        update(report)
        if isBarShown {
            Console.writeError("\n")
        } else if lastLine?.text != ProgressReport.text(report, rate: rate) {
            say(ProgressReport.text(report, rate: rate), at: 0)
        }
        isBarShown = false
    }

    private mutating func say(_ text: String, at time: Double) {
        console.note(text)
        lastLine = (time, text)
    }

    /// Cells a second over the last half minute; nil before there is any.
    private var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.done > first.done else {
            return nil
        }
        return Double(last.done - first.done) / (last.time - first.time)
    }

    /// One line: `12/40 cells · 3.1/s · ETA 0:09 · 4 reused · 1 failed`.
    static func text(_ report: RunReport, rate: Double?) -> String {
        var parts = report.stage.map { ["stage \($0) of 2 (\($0 == 1 ? "dev" : "selected"))"] } ?? []
        parts.append("\(report.done)/\(report.cells) cells")
        let left = report.cells - report.done - report.broken
        if let rate, left > 0 {
            parts.append(String(format: rate < 10 ? "%.1f/s" : "%.0f/s", rate))
            parts.append("ETA \(duration(Double(left) / rate))")
        }
        if report.reused > 0 { parts.append("\(report.reused) reused") }
        if report.broken > 0 { parts.append("\(report.broken) failed") }
        if report.state == "paused" { parts.append("paused") }
        return parts.joined(separator: " · ")
    }

    static func bar(_ report: RunReport, width: Int) -> String {
        let filled = report.cells == 0 ? width : width * min(report.done, report.cells) / report.cells
        return "[" + String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled) + "]"
    }

    /// Such as `0:09`, `12:05` or `3:00:10`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 3_600_000).rounded(.up))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }
}
