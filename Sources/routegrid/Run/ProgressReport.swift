import Foundation
import Wire

/// The progress of a run on stderr: a bar that is redrawn on a terminal, a line now and then elsewhere.
struct ProgressReport {
    private let console: Console
    private let start = ContinuousClock.now
    private var rates = CellRate()
    private var lastLine: (time: Double, text: String)?
    /// Cells computed at the last line.
    private var lastDone = 0
    private var isBarShown = false

    init(_ console: Console) { self.console = console }

    mutating func update(_ report: RunReport) {
        let time = (ContinuousClock.now - start) / .seconds(1)
        rates.add(report.done - report.reused, at: time)
        let text = ProgressReport.text(report, rate: rates.rate(at: time))
        if console.drawsProgress {
            Console.writeError("\r\u{1B}[K" + ProgressReport.bar(report, width: 24) + " " + text)
            isBarShown = true
        } else if let last = lastLine {
            // Where cells take minutes, a line a minute shows that the run is alive.
            let pause: Double = rates.last == lastDone ? 60 : 5
            guard last.text != text, time - last.time >= pause else { return }
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
        } else if lastLine?.text != ProgressReport.text(report, rate: nil) {
            say(ProgressReport.text(report, rate: nil), at: 0)
        }
        isBarShown = false
    }

    /// Such as `31/s`, `3.1/s`, `4.2/min` or `1.5/h`.
    static func rate(_ perSecond: Double) -> String {
        switch perSecond {
        case 10...: String(format: "%.0f/s", perSecond)
        case 0.5...: String(format: "%.1f/s", perSecond)
        case (0.5 / 60)...: String(format: "%.1f/min", perSecond * 60)
        default: String(format: "%.1f/h", perSecond * 3_600)
        }
    }

    private mutating func say(_ text: String, at time: Double) {
        console.note(text)
        lastLine = (time, text)
        lastDone = rates.last
    }

    /// One line: `12/40 cells · 3.1/s · ETA 0:09 · 4 reused · 1 failed`.
    static func text(_ report: RunReport, rate: Double?) -> String {
        var parts = report.stage.map { ["stage \($0) of 2 (\($0 == 1 ? "dev" : "selected"))"] } ?? []
        parts.append("\(report.done)/\(report.cells) cells")
        let left = report.cells - report.done - report.broken
        if let rate, left > 0 {
            parts.append(ProgressReport.rate(rate))
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
