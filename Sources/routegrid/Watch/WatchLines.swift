import RouteGridBase
import Wire

/// What `watch` prints where no page can be drawn: a line a run now and then, and one for each failure.
struct WatchLines {
    private let console: Console
    private var last: [RunID: String] = [:]
    private var lastTime: ContinuousClock.Instant?

    init(console: Console) { self.console = console }

    /// - Parameters:
    ///   - view: What is known.
    ///   - isLast: Prints each run once more, whenever it was printed before.
    mutating func update(_ view: inout WatchView, isLast: Bool) {
        let failures = view.newFailures()
        guard console.format == .table else {
            if console.format != .quiet { console.emit(view.metrics, table: "") }
            return
        }
        for failure in failures {
            Console.writeData("failed: " + SafeText.line(WatchView.text(ofFailure: failure)) + "\n")
        }
        guard isLast || lastTime.map({ ContinuousClock.now - $0 >= .seconds(5) }) ?? true else { return }
        lastTime = .now
        if view.runs.isEmpty, last.isEmpty {
            last[RunID(0)] = ""
            Console.writeData("no runs yet\n")
        }
        for item in view.runs {
            let report = item.report
            let text =
                "run \(report.run) \(report.name): \(report.state) · \(ProgressReport.text(report, rate: item.rate))"
            guard last[report.run] != text else { continue }
            last[report.run] = text
            let workers = report.isOver ? "" : " · \(view.count("workers", "connected")) workers"
            Console.writeData(SafeText.line(text + workers) + "\n")
        }
    }
}
