import Foundation
import RouteGridBase
import TestSupport
import Testing

/// Controls of a running cluster, and that they survive a restart.
@Suite(.timeLimit(.minutes(3))) struct ControlTests {
    private func json(_ words: String..., at url: String) async throws -> JSONValue {
        let outcome = try await CommandLineTool.run(words + ["--connect", url, "--output", "json"])
        #expect(outcome.status == 0, "\(outcome)")
        return try JSONValue(parsing: outcome.output, place: words.joined(separator: " "))
    }

    private func say(_ words: String..., at url: String) async throws -> Int32 {
        try await CommandLineTool.run(words + ["--connect", url]).status
    }

    @Test func `a paused run stays paused over a restart, goes on when resumed, and is explained`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 3))
        let socket = "ipc://\(folder.path("c"))"
        let first = try await ClusterTests.Coordinator(in: folder, bind: socket)
        try await first.submit(folder)
        let lonely = try await json("explain", "last/0", at: socket)
        #expect(lonely["reason"] == "no worker is connected")
        #expect(try await say("pause", "last", at: socket) == 0)
        first.process.send(SIGKILL)
        _ = await first.process.ended()

        let second = try await ClusterTests.Coordinator(in: folder, bind: socket)
        let worker = try second.worker(folder)
        let waited = try await CommandLineTool.run("wait", "last", "--connect", socket, "--timeout", "3")
        #expect(waited.status == 3, "\(waited) \(worker.messages)")
        let paused = try await json("explain", "last/0", at: socket)
        #expect(paused["standing"] == "waiting" && paused["reason"] == "the run is paused")
        #expect(try await say("resume", "last", at: socket) == 0)
        let finished = try await CommandLineTool.run("wait", "last", "--connect", socket, "--timeout", "60")
        #expect(finished.status == 0, "\(finished) \(worker.messages)")
        let done = try await json("explain", "last/0", at: socket)
        #expect(done["standing"] == "recorded")
        #expect(try await say("drain", "all", at: socket) == 0)
        #expect(await worker.ended() == 0, "\(worker.messages)")
    }

    @Test func `a cancelled run stays cancelled over a restart, with its reason`() async throws {
        let folder = try await SmallData.grid(Grids.many(splits: 3))
        let socket = "ipc://\(folder.path("c"))"
        let first = try await ClusterTests.Coordinator(in: folder, bind: socket)
        try await first.submit(folder)
        #expect(try await say("cancel", "last", "--reason", "wrong prices", at: socket) == 0)
        first.process.send(SIGKILL)
        _ = await first.process.ended()

        let second = try await ClusterTests.Coordinator(in: folder, bind: socket)
        let status = try await json("status", at: socket)
        let run = try #require(status["runs"]?.arrayValue?.first)
        #expect(run["state"] == "cancelled" && run["reason"] == "wrong prices")
        let waited = try await CommandLineTool.run("wait", "last", "--connect", socket, "--timeout", "5")
        #expect(waited.status == 3, "\(waited)")
        #expect(try await say("pause", "7", at: socket) == 64)
        #expect(await second.stop() == 143)
    }
}
