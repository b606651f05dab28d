import RouteGridBase
import Wire

/// One frame of `watch`: lines of at most `width` columns, none with a character that a terminal acts on but for
/// colours.
struct WatchPage {
    let view: WatchView
    let url: String
    let width: Int
    let height: Int
    let colors: Bool

    /// Runs, workers and failures shown at most, so that a usual terminal has room for each.
    private static let runsShown = 6
    private static let failuresShown = 5

    var lines: [String] {
        var lines = [bold(fitted("RouteGrid · \(url)"))]
        if let trouble = view.metrics["commits"]?["trouble"]?.stringValue {
            lines.append(red(fitted("\(trouble): results wait at their workers")))
        }
        lines += runLines + [""] + queueLines
        let failures = failureLines
        let room = height - lines.count - failures.count - 2
        lines += workerLines(within: max(3, room))
        return lines + failures
    }

    // MARK: Runs

    private var runLines: [String] {
        guard !view.runs.isEmpty else { return ["", fitted("no runs; `routegrid submit GRID` adds one")] }
        // The newest and what is not over.
        let shown = view.runs.filter { !$0.report.isOver }.suffix(Self.runsShown)
        let listed = shown.isEmpty ? view.runs.suffix(1) : shown
        var lines: [String] = []
        for item in listed {
            let (report, rate) = (item.report, item.rate)
            lines.append("")
            lines.append(fitted("run \(report.run)  \(report.name)  \(report.state)\(Self.reason(report))"))
            let share = report.cells == 0 ? 1 : Double(report.done) / Double(report.cells)
            let percent = String(Int(share * 100)) + " %"
            lines.append(Self.bar(report, width: width - percent.count - 3) + "  " + percent)
            lines.append(fitted(ProgressReport.text(report, rate: rate)))
        }
        let left = view.runs.count - listed.count
        if left > 0 { lines.append(fitted("and \(left) further runs; `routegrid status` lists them")) }
        return lines
    }

    private static func reason(_ report: RunReport) -> String { report.reason.isEmpty ? "" : ": \(report.reason)" }

    /// Done, leased, failed and waiting cells as parts of a bar.
    static func bar(_ report: RunReport, width: Int) -> String {
        let width = max(10, width)
        let cells = max(1, report.cells)
        let done = width * min(report.done, cells) / cells
        let broken = min(width - done, (width * report.broken + cells - 1) / cells)
        let leased = min(width - done - broken, (width * report.leased + cells - 1) / cells)
        return String(repeating: "█", count: done) + String(repeating: "▒", count: leased)
            + String(repeating: "·", count: width - done - broken - leased) + String(repeating: "×", count: broken)
    }

    // MARK: Queue and workers

    private var queueLines: [String] {
        let parts = [
            "\(view.count("queue", "runnable")) runnable", "\(view.count("leases", "cells")) leased",
            "\(view.count("cells", "backing_off")) backing off", "\(view.count("queue", "paused")) paused",
        ]
        let rate = ProgressReport.rate(view.number("records", "per_second_10s"))
        let commits = view.count("commits", "total")
        let mean =
            commits == 0
            ? "" : " · commit \(Self.milliseconds(view.number("commits", "seconds_total") / Double(commits)))"
        return [
            bold("queue    ") + fitted(parts.joined(separator: " · "), less: 9),
            bold("records  ")
                + fitted(
                    "\(view.count("records", "committed_total")) since the coordinator's start · \(rate)\(mean)",
                    less: 9
                ),
        ]
    }

    private static func milliseconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10_000).rounded())
        return "\(tenths / 10).\(tenths % 10) ms"
    }

    private func workerLines(within room: Int) -> [String] {
        let count = view.count("workers", "connected")
        let busy = "\(view.count("workers", "slots_busy")) of \(view.count("workers", "slots")) slots busy"
        var lines = [bold("workers  ") + fitted(count == 0 ? "none connected" : "\(count) · \(busy)", less: 9)]
        let slots = Dictionary(grouping: view.metrics["slots"]?.arrayValue ?? []) { $0["worker"]?.stringValue ?? "" }
        let workers = view.metrics["worker_list"]?.arrayValue ?? []
        for worker in workers {
            if lines.count == room, workers.count > room - 1 {
                lines.append(fitted("  and \(count - (lines.count - 1)) further"))
                break
            }
            let at = slots[worker["worker"]?.stringValue ?? ""] ?? []
            lines.append("  " + fitted("\(worker["name"]?.stringValue ?? "")  \(Self.text(ofSlots: at))", less: 2))
        }
        return lines
    }

    /// What the slots of a worker are at, such as `knn 0:03, mlp 0:01`.
    private static func text(ofSlots slots: [JSONValue]) -> String {
        guard !slots.isEmpty else { return "idle" }
        let parts = slots.prefix(4).map { slot in
            let step = slot["cell"]?.integerValue.map { "cell \($0)" } ?? "fit"
            let seconds = slot["step_s"]?.numberValue ?? 0
            return "\(slot["router"]?.stringValue ?? "?") \(step) \(ProgressReport.duration(seconds.rounded(.down)))"
        }
        return parts.joined(separator: ", ") + (slots.count > 4 ? ", and \(slots.count - 4) more" : "")
    }

    // MARK: Failures

    private var failureLines: [String] {
        let failures = view.metrics["failures"]?.arrayValue ?? []
        let broken = view.runs.reduce(0) { $0 + $1.report.broken }
        guard !failures.isEmpty || broken > 0 else { return [] }
        let heading = bold("failures ") + fitted("\(broken) cells failed for good", less: 9)
        return [heading]
            + failures.suffix(Self.failuresShown).reversed().map { failure in
                red("  " + fitted(WatchView.text(ofFailure: failure), less: 2))
            }
    }

    // MARK: Text

    private func fitted(_ text: String, less: Int = 0) -> String {
        let line = SafeText.line(text)
        guard SafeText.width(line) > width - less else { return line }
        // The end is cut: names and numbers stand first.
        var out = ""
        var used = 1
        for character in line {
            let columns = SafeText.width(String(character))
            guard used + columns <= width - less else { break }
            out.append(character)
            used += columns
        }
        return out + "…"
    }

    private func bold(_ text: String) -> String { colors ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func red(_ text: String) -> String { colors ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}
