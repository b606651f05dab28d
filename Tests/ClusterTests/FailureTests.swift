import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Fits that hang, take too much memory or end their process, in real slots, and what `explain` shows of them.
@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    /// One cell whose fit takes hours.
    private func endless(_ more: String) -> String {
        """
        name: endless
        datasets:
          small: {path: data}
        splits: [{kind: random, train: 0.5, dev: 0.2, test: 0.3, seed: 1}]
        modality: [text]
        routers: [{kind: mlp, epochs: 1000000}]
        budgets: {rule: threshold, at: [1x]}
        \(more)
        """
    }

    private func run(_ grid: String) async throws -> (TemporaryFolder, ClusterTests.Coordinator, RunningCommand) {
        let folder = try await SmallData.grid(grid)
        let coordinator = try await ClusterTests.Coordinator(in: folder)
        let worker = try coordinator.worker(folder)
        try await coordinator.submit(folder)
        return (folder, coordinator, worker)
    }

    private func explain(_ url: String) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run("explain", "1/0", "--connect", url, "--output", "json")
        return try JSONValue(parsing: outcome.output, place: "explain")
    }

    private func runningSlot(of worker: RunningCommand) async throws -> Processes {
        // The busy one: it has used more processor time than a start takes, so it is in its fit.
        return try await eventually("a slot at work; \(worker.messages)") {
            Processes.children(of: worker.identifier).first { $0.words.contains("slot") && $0.processorTicks > 60 }
        }
    }

    @Test func `the last 64 KB that a cell's process wrote are kept and shown`() async throws {
        let (_, coordinator, worker) = try await run(endless("limits: {crash_limit: 1, retries: 0}"))
        let slot = try await runningSlot(of: worker)
        // What the process itself would write before its end.
        let words =
            Data("first\n".utf8) + Data(repeating: UInt8(ascii: "x"), count: 100_000) + Data("\nlast words\n".utf8)
        let pipe = try #require(FileHandle(forWritingAtPath: "/proc/\(slot.identifier)/fd/2"))
        try pipe.write(contentsOf: words)
        try pipe.close()
        kill(slot.identifier, SIGKILL)
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 2, "\(waited) \(worker.messages)")
        let report = try await explain(coordinator.url)
        #expect(report["standing"] == "quarantined" && report["crashes"] == 1, "\(report)")
        #expect(report["reason"]?.stringValue?.contains("signal 9") == true, "\(report["reason"] ?? .null)")
        let log = report["log"]?.stringValue ?? ""
        #expect(log.utf8.count == 65_536)
        #expect(log.hasSuffix("x\nlast words\n") && !log.contains("first"))
        let told = try await CommandLineTool.run("explain", "1/0", "--connect", coordinator.url)
        #expect(told.output.contains("standard error:") && told.output.contains("last words"))
    }

    @Test(arguments: [SIGILL, SIGSEGV, SIGTRAP])
    func `a slot that is ended by a trap is reported with it, and nothing of its memory`(_ signal: Int32) async throws {
        let (_, coordinator, worker) = try await run(endless("limits: {crash_limit: 1, retries: 0}"))
        let slot = try await runningSlot(of: worker)
        let limits = try String(contentsOfFile: "/proc/\(slot.identifier)/limits", encoding: .utf8)
        #expect(limits.contains(/Max core file size +0 +0/))
        kill(slot.identifier, signal)
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 2, "\(waited) \(worker.messages)")
        let report = try await explain(coordinator.url)
        let reason = report["reason"]?.stringValue ?? ""
        // A signal from outside reaches any thread, also one that waits in a library: no place of the program is known.
        #expect(reason.contains("signal \(signal)"), "\(reason)")
        #expect(reason.contains("while fitting"), "\(reason)")
        let log = report["log"]?.stringValue ?? ""
        #expect(log.utf8.count < 200 && !log.contains("Backtrace") && !log.contains("Registers"), "\(log)")
    }

    @Test func `a fit that hangs is killed when its time is over, even when its process is stopped`() async throws {
        let limits = "limits: {fit_timeout: 20s, retries: 0}"
        let (_, coordinator, worker) = try await run(endless(limits))
        let slot = try await runningSlot(of: worker)
        kill(slot.identifier, SIGSTOP)
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 2, "\(waited) \(worker.messages)")
        let report = try await explain(coordinator.url)
        #expect(report["standing"] == "failed")
        #expect(report["reason"]?.stringValue?.hasPrefix("timeout: the fit took longer than 20") == true, "\(report)")
        #expect(kill(slot.identifier, 0) == -1)
        #expect(!worker.hasEnded)
    }

    @Test func `a fit that takes more memory than its grid allows is killed, with that reason`() async throws {
        let (_, coordinator, worker) = try await run(endless("limits: {retries: 0}\nresources: {memory: 4MiB}"))
        let waited = try await CommandLineTool.run("wait", "1", "--connect", coordinator.url, "--timeout", "60")
        #expect(waited.status == 2, "\(waited) \(worker.messages)")
        let report = try await explain(coordinator.url)
        #expect(report["standing"] == "failed")
        #expect(report["reason"]?.stringValue?.contains("the limit is 4 MiB") == true, "\(report)")
        #expect(!worker.hasEnded)
    }
}
