import Foundation
import RouteGridBase

/// The dashboard of a run: a process of its own with a reader's key, ended with the run.
///
/// Used from the thread that started it.
final class RunDashboard {
    private let child: ChildProcess
    private let console: Console
    private var isOver = false

    /// Starts it and prints its address.
    ///
    /// - Parameters:
    ///   - place: `ADDRESS:PORT`; port 0 is any free one.
    ///   - url: The coordinator's address; one that answers.
    ///   - log: Where its messages are collected.
    ///   - console: For messages to people.
    ///   - attend: Called while it starts.
    /// - Throws: Its own error when it does not start, such as `temporary` for a port in use; what `attend` throws.
    init(
        at place: String,
        of url: String,
        log: String,
        console: Console,
        attend: () throws(RouteGridError) -> Void
    ) throws(RouteGridError) {
        self.console = console
        child = try ChildProcess(
            "dashboard",
            ["dashboard", "--connect", url, "--http", place, "--connect-timeout", "60", "--log-level", "warning"],
            log: log,
            endingWith: SIGKILL
        )
        do throws(RouteGridError) {
            while true {
                let ending = child.poll()
                if let line = child.lastLine, line.hasPrefix("http://") {
                    console.note("dashboard: \(line)")
                    return
                }
                if let ending { throw failure(ending) }
                try attend()
                usleep(10_000)
            }
        } catch {
            stop()
            throw error
        }
    }

    private func failure(_ ending: ChildProcess.Ending) -> RouteGridError {
        let words = child.lastLine ?? "it gave no message"
        let text = words.hasPrefix("routegrid: ") ? String(words.dropFirst("routegrid: ".count)) : words
        let code: Int32 =
            switch ending {
            case .exited(let code): code == 0 ? 1 : code
            case .signalled(let signal): 128 + signal
            }
        return RouteGridError(RouteGridError.Code(name: "dashboard", exitCode: code), "dashboard: \(text)")
    }

    /// Reports once when it is gone: a run goes on without.
    func tend() {
        guard !isOver, child.poll() != nil else { return }
        isOver = true
        console.warn("the dashboard has ended; the run goes on without it")
    }

    /// Ends it; a second call does nothing.
    func stop() {
        isOver = true
        guard child.poll() == nil else { return }
        child.send(SIGTERM)
        let deadline = ContinuousClock.now + .milliseconds(500)
        while child.poll() == nil {
            if ContinuousClock.now >= deadline { child.send(SIGKILL) }
            usleep(2_000)
        }
    }
}
